"""Prints, as JSON, what scikit-learn's forest costs on one core: fit in ms, one row and a row of a batch in microseconds."""
import json
import resource

import numpy as np
from sklearn.ensemble import IsolationForest

ROWS, DIMENSIONS, ROUNDS = 4096, 20, 7


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def middle(run, rounds=ROUNDS):
    costs = []
    for _ in range(rounds):
        start = cpu()
        run()
        costs.append(cpu() - start)
    return sorted(costs)[rounds // 2]


rows = (np.random.default_rng(1).random((ROWS, DIMENSIONS)) ** 3 * 10).astype(np.float32)
forest = IsolationForest(n_estimators=100, max_samples=256, random_state=1).fit(rows)
print(
    json.dumps(
        {
            "fit": middle(lambda: IsolationForest(n_estimators=100, max_samples=256, random_state=1).fit(rows)) * 1e3,
            "one": middle(lambda: [forest.score_samples(rows[i : i + 1]) for i in range(20)]) / 20 * 1e6,
            "batch": middle(lambda: forest.score_samples(rows)) / ROWS * 1e6,
        }
    )
)
