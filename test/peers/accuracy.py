"""Rows of a seeded problem, and scikit-learn's HistGradientBoostingClassifier on them. Called by accuracy.ts: FOLDER ROWS SEED. Prints one line of JSON."""
import json
import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score


def make(rows, seed):
    """Twenty features: normal, skewed and whole numbers, 3 % missing; effects alone, together and by steps, under noise."""
    rng = np.random.default_rng(1000 + seed)
    x = rng.normal(size=(rows, 20))
    x[:, 10:15] = np.exp(x[:, 10:15])
    x[:, 15] = rng.integers(0, 5, rows)
    x[:, 16] = rng.integers(0, 50, rows)
    score = (
        np.sin(2 * x[:, 0])
        + x[:, 1] * x[:, 2]
        + 0.5 * (x[:, 3] > 0) * x[:, 4]
        + 0.3 * np.log(x[:, 10]) * x[:, 5]
        + 0.4 * (x[:, 15] == 2)
        + 0.6 * np.cos(x[:, 16])
        + 0.2 * x[:, 6] ** 2
        - 0.3 * np.abs(x[:, 7] + x[:, 8])
    )
    y = score + rng.logistic(size=rows) > 0.2
    x[rng.random(x.shape) < 0.03] = np.nan
    return x.astype(np.float32), y.astype(np.float32)


folder, rows, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
x, y = make(2 * rows, seed)
x.tofile(f"{folder}/x.f32")
y.tofile(f"{folder}/y.f32")
found = {}
for name, early in [("usual", "auto"), ("all", False)]:
    model = HistGradientBoostingClassifier(random_state=seed, early_stopping=early).fit(x[:rows], y[:rows])
    found[name] = {"auc": roc_auc_score(y[rows:], model.predict_proba(x[rows:])[:, 1]), "rounds": model.n_iter_}
print(json.dumps(found))
