"""One training by a peer, for test/peers/boosting.ts: prints one line of JSON.

    python boosting.py xgboost|lightgbm FOLDER TRAIN_ROWS TEST_ROWS COLUMNS THREADS TREES
"""

import json
import resource
import sys
import time

import numpy as np


def auc(y, s):
    order = np.argsort(s, kind="stable")
    ranks = np.empty(len(s))
    ranks[order] = np.arange(1, len(s) + 1)
    positives = y.sum()
    return (ranks[y == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(y) - positives))


def main():
    library, folder = sys.argv[1:3]
    train_rows, test_rows, columns, threads, trees = map(int, sys.argv[3:])
    read = lambda name, rows: np.fromfile(f"{folder}/{name}.f32", "float32").reshape(rows, columns)
    x, xt = read("train", train_rows), read("test", test_rows)
    y, yt = np.fromfile(f"{folder}/train.u8", "uint8"), np.fromfile(f"{folder}/test.u8", "uint8")
    if library == "xgboost":
        import xgboost

        params = dict(
            objective="binary:logistic", tree_method="hist", max_depth=6, eta=0.1, reg_lambda=1, min_child_weight=1, max_bin=255, nthread=threads
        )
        start = time.perf_counter()
        model = xgboost.train(params, xgboost.DMatrix(x, y, nthread=threads), trees)
        seconds = time.perf_counter() - start
        scores = model.predict(xgboost.DMatrix(xt))
    else:
        import lightgbm

        params = dict(
            objective="binary", num_leaves=31, learning_rate=0.1, lambda_l2=1, min_sum_hessian_in_leaf=1, min_data_in_leaf=1, max_bin=255,
            num_threads=threads, verbose=-1,
        )
        start = time.perf_counter()
        model = lightgbm.train(params, lightgbm.Dataset(x, y, params=params), trees)
        seconds = time.perf_counter() - start
        scores = model.predict(xt)
    peak_mb = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps({"seconds": seconds, "auc": float(auc(yt, scores)), "peakMb": peak_mb}))


main()
