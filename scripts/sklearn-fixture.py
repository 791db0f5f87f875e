#!/usr/bin/env python3
"""Writes test/fixtures/isolation-forest/*.json: forests grown by scikit-learn on data made here, and what it says of them.

Run with Debian's python3-sklearn: /usr/bin/python3 scripts/sklearn-fixture.py
"""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.ensemble import IsolationForest
from sklearn.preprocessing import StandardScaler

OUT = pathlib.Path(__file__).resolve().parent.parent / "test" / "fixtures" / "isolation-forest"


def traffic(random, n, d):
    """Rows with what makes scoring hard: heavy tails, ties, a constant, large and small magnitudes, a few outliers."""
    columns = [
        np.exp(random.normal(6, 2, n)),
        random.integers(0, 5, n).astype(float),
        random.normal(0, 1, n),
        np.full(n, 7.0),
        random.integers(0, 2, n) * 1e9 + random.integers(0, 100, n),
        random.exponential(1e-4, n),
        np.where(random.random(n) < 0.02, 50.0, random.normal(10, 0.5, n)),
    ]
    rows = np.stack([columns[i % len(columns)] for i in range(d)], axis=1)
    # Nine digits: beyond a 32-bit float, and short enough for a file under version control.
    return np.vectorize(lambda value: float(f"{value:.9g}"))(rows)


def on_the_edge(forest, rows, random, count=60):
    """Rows that lie on, just under and just over thresholds, where comparing doubles and 32-bit floats differs."""
    edge = rows[random.integers(0, len(rows), count)].copy()
    for i in range(count):
        which = random.integers(0, len(forest.estimators_))
        tree, columns = forest.estimators_[which].tree_, forest.estimators_features_[which]
        inner = np.flatnonzero(tree.feature >= 0)
        if len(inner) == 0:
            continue
        node = random.choice(inner)
        threshold = tree.threshold[node]
        edge[i, columns[tree.feature[node]]] = [threshold, np.float32(threshold), threshold * (1 + 3e-9)][i % 3]
    return edge


def case(name, seed, n, d, trees, contaminations, scale=False, **parameters):
    random = np.random.default_rng(seed)
    raw = traffic(random, n, d)
    scaler = StandardScaler().fit(raw) if scale else None
    rows = scaler.transform(raw) if scale else raw
    forests = [
        IsolationForest(n_estimators=trees, contamination=c, random_state=seed, **parameters).fit(rows) for c in contaminations
    ]
    forest = forests[0]
    unseen = np.concatenate([on_the_edge(forest, rows, random), traffic(random, 20, d)])
    document = {
        "sklearn": sklearn.__version__,
        "max_samples_": int(forest.max_samples_),
        "train": raw.tolist(),
        "unseen": unseen.tolist(),
        "scaler": {"mean_": scaler.mean_.tolist(), "scale_": scaler.scale_.tolist()} if scale else None,
        "trees": [
            {
                "features": columns.tolist(),
                "children_left": each.tree_.children_left.tolist(),
                "children_right": each.tree_.children_right.tolist(),
                "feature": each.tree_.feature.tolist(),
                "threshold": [0 if f < 0 else t for f, t in zip(each.tree_.feature, each.tree_.threshold.tolist())],
                "n_node_samples": each.tree_.n_node_samples.tolist(),
            }
            for each, columns in zip(forest.estimators_, forest.estimators_features_)
        ],
        "score_samples": {"train": forest.score_samples(rows).tolist(), "unseen": forest.score_samples(unseen).tolist()},
        "decisions": [
            {
                "contamination": contamination,
                "offset_": float(each.offset_),
                "decision_function": each.decision_function(unseen).tolist(),
                "predict": {"train": each.predict(rows).tolist(), "unseen": each.predict(unseen).tolist()},
            }
            for contamination, each in zip(contaminations, forests)
        ],
    }
    (OUT / f"{name}.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    case("defaults", 1, 300, 7, 24, ["auto", 0.05, 0.1, 0.004])
    case("max-samples-64", 2, 200, 6, 24, ["auto", 0.05], max_samples=64)
    case("max-features-half", 3, 150, 7, 24, ["auto", 0.1], max_samples=64, max_features=0.5)
    case("twenty-rows", 4, 20, 7, 100, [0.15], scale=True)
    case("one-row", 5, 1, 3, 3, ["auto"])
