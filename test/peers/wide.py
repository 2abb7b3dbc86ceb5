"""The quick start's steps by pandas and scikit-learn, with their times and the most memory that was held: python wide.py FILE.csv TARGET"""
import json, resource, sys, time
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

path, target = sys.argv[1:3]
begun = last = time.time()


def tell(step, **more):
    global last
    now = time.time()
    print(json.dumps({'step': step, 'seconds': round(now - last, 1), **more}), flush=True)
    last = now


table = pd.read_csv(path)
tell('read', rows=len(table), columns=table.shape[1])
X, y = table.drop(columns=[target]), table[target]
train, test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=0)
tell('split')
texts, numbers = make_column_selector(dtype_exclude='number'), make_column_selector(dtype_include='number')
codes = make_column_transformer(
    (OrdinalEncoder(handle_unknown='use_encoded_value', unknown_value=-1), texts), remainder='passthrough'
)
boosting = make_pipeline(codes, HistGradientBoostingClassifier(max_iter=100)).fit(train, y_train)
tell('boosting')
tell('evaluate boosting', auc=round(roc_auc_score(y_test, boosting.predict_proba(test)[:, 1]), 4))
prepared = make_column_transformer(
    (make_pipeline(SimpleImputer(strategy='median'), StandardScaler()), numbers),
    (
        make_pipeline(
            SimpleImputer(strategy='most_frequent'),
            OneHotEncoder(handle_unknown='infrequent_if_exist', max_categories=20),
        ),
        texts,
    ),
)
linear = make_pipeline(prepared, LogisticRegression(max_iter=1000)).fit(train, y_train)
tell('linear')
tell('evaluate linear', auc=round(roc_auc_score(y_test, linear.predict_proba(test)[:, 1]), 4))
print(json.dumps({'seconds': round(time.time() - begun, 1), 'mb': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}))
