"""Makes hist-gradient-boosting.json: scikit-learn's HistGradientBoosting with its defaults on the very rows that the quick start trains and measures on.

    node make-splits.ts /tmp/splits && python make-fixtures.py /tmp/splits        (numpy, pandas, scikit-learn 1.9)
"""
import json
import sys
from pathlib import Path

import pandas as pd
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.preprocessing import OrdinalEncoder

targets = {"penguins": "species", "cars": "miles_per_gallon", "seattle-weather": "temp_max", "breast_cancer": "target", "wine": "target", "diabetes": "target"}


def read(path, target):
    table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    table = table[table[target].notna()]
    train, test = (table[table["__partition"] == part].drop(columns=["__row", "__partition"]) for part in ("train", "test"))
    y = train.pop(target), test.pop(target)
    if "date" in train:
        for part in (train, test):
            part["date"] = pd.to_datetime(part["date"]).astype("int64")
    texts = [c for c in train if not pd.api.types.is_numeric_dtype(train[c])]
    if texts:
        codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1).fit(train[texts])
        train[texts], test[texts] = codes.transform(train[texts]), codes.transform(test[texts])
    return train.astype(float), test.astype(float), *y


def score(path, target):
    train, test, y_train, y_test = read(path, target)
    if pd.api.types.is_numeric_dtype(y_train):
        return r2_score(y_test, HistGradientBoostingRegressor(random_state=0).fit(train, y_train).predict(test))
    given = HistGradientBoostingClassifier(random_state=0).fit(train, y_train).predict_proba(test)
    return roc_auc_score(y_test, given[:, 1]) if given.shape[1] == 2 else roc_auc_score(y_test, given, multi_class="ovr")


folder = Path(sys.argv[1])
scores = {name: [score(folder / f"{name}-{seed}.csv", target) for seed in range(1, 6)] for name, target in targets.items()}
fixture = {"made_with": {"scikit-learn": sklearn.__version__}, "scores": scores}
Path(__file__).with_name("hist-gradient-boosting.json").write_text(json.dumps(fixture, indent=1) + "\n")
for name, values in scores.items():
    print(name, sum(values) / len(values))
