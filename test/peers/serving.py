"""The peer of serving.ts: trains scikit-learn's HistGradientBoostingClassifier on the same rows and serves it by MLServer with its own scikit-learn runtime.

    python serving.py FOLDER PORT    FOLDER has rows.csv, whose last column "target" is 0 or 1
"""

import json
import os
import sys

import joblib
import numpy
from sklearn.ensemble import HistGradientBoostingClassifier

folder, port = sys.argv[1], int(sys.argv[2])
table = numpy.genfromtxt(os.path.join(folder, "rows.csv"), delimiter=",", skip_header=1)
model = HistGradientBoostingClassifier(max_iter=100, max_depth=6, early_stopping=False)
model.fit(table[:, :-1], table[:, -1])
joblib.dump(model, os.path.join(folder, "model.joblib"))
with open(os.path.join(folder, "settings.json"), "w") as file:
    json.dump(
        {
            "debug": False,
            "host": "127.0.0.1",
            "http_port": port,
            "grpc_port": port + 1,
            "metrics_endpoint": None,
            "parallel_workers": 0,
        },
        file,
    )
with open(os.path.join(folder, "model-settings.json"), "w") as file:
    json.dump(
        {
            "name": "peer",
            "implementation": "mlserver_sklearn.SKLearnModel",
            "parameters": {"uri": "./model.joblib"},
        },
        file,
    )
# The same process goes on as the server.
mlserver = os.path.join(os.path.dirname(sys.executable), "mlserver")
os.execv(mlserver, [mlserver, "start", folder])
