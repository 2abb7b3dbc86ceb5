"""Weights of scikit-learn's TfidfVectorizer and CountVectorizer: python make-fixtures.py writes tf-idf.json beside this file."""
import json
from pathlib import Path

import sklearn
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

texts = ["The cat sat on the mat, the cat!", "A dog sat on the mat.", "Größe und Straße: GROSS und klein", "naïve café — naïve 3 42 x2 snake_case", "", "кошка и собака, кошка", "猫が 座った 猫が", "it's not good, not good at all", "good good good morning", "the the the", "dog dog cat", "e\u0301tude étude"]
train = 9
cases = {
    "plain": (TfidfVectorizer(), {"fewestRows": 1}),
    "rarest": (TfidfVectorizer(min_df=2), {"fewestRows": 2}),
    "commonest": (TfidfVectorizer(max_df=0.25), {"fewestRows": 1, "commonest": 0.25}),
    "pairs": (TfidfVectorizer(ngram_range=(1, 2)), {"fewestRows": 1, "grams": "pairs"}),
    "sublinear": (TfidfVectorizer(sublinear_tf=True), {"fewestRows": 1, "sublinear": True}),
    "counts": (CountVectorizer(), {"fewestRows": 1, "weights": "counts"}),
    "ignore": (TfidfVectorizer(stop_words=["the", "on"]), {"fewestRows": 1, "ignore": ["the", "on"]}),
}
out = {"made_with": sklearn.__version__, "texts": texts, "train": train, "cases": {}}
for name, (model, params) in cases.items():
    model.fit(texts[:train])
    out["cases"][name] = {"params": params, "words": model.get_feature_names_out().tolist(), "weights": model.transform(texts).toarray().tolist()}
Path(__file__).with_name("tf-idf.json").write_text(json.dumps(out, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
