"""The same work as etl.ts by pandas (C reader) and Polars (lazy, streaming): seconds from files to Parquet, as one JSON object."""

import json
import sys
import time
from pathlib import Path

import pandas as pd
import polars as pl

folder, repeats = Path(sys.argv[1]), int(sys.argv[2])
keys = ["country", "segment", "year", "month"]


def by_pandas() -> None:
    orders = pd.read_csv(folder / "orders.csv", parse_dates=["ordered"])
    customers = pd.read_csv(folder / "customers.csv", parse_dates=["joined"])
    orders["quantity"] = orders["quantity"].astype("float64")
    orders = orders[(orders["status"] != "cancelled") & (orders["quantity"] >= 2)].copy()
    orders["revenue"] = orders["quantity"] * orders["price"] * (1 - orders["discount"].fillna(0))
    orders["year"], orders["month"] = orders["ordered"].dt.year, orders["ordered"].dt.month
    joined = orders.merge(customers, how="left", left_on="customer", right_on="id")
    joined["days"] = (joined["ordered"] - joined["joined"]).dt.days
    groups = joined.groupby(keys, dropna=False).agg(
        rows=("order_id", "size"),
        revenue=("revenue", "sum"),
        mean_price=("price", "mean"),
        days=("days", "max"),
        pieces=("quantity", "sum"),
    )
    groups.reset_index().sort_values(keys).to_csv(folder / "pandas.csv", index=False)


def by_polars() -> None:
    orders = pl.scan_csv(folder / "orders.csv", try_parse_dates=True).with_columns(pl.col("quantity").cast(pl.Float64))
    customers = pl.scan_csv(folder / "customers.csv", try_parse_dates=True)
    (
        orders.filter((pl.col("status") != "cancelled") & (pl.col("quantity") >= 2))
        .with_columns(
            revenue=pl.col("quantity") * pl.col("price") * (1 - pl.col("discount").fill_null(0)),
            year=pl.col("ordered").dt.year(),
            month=pl.col("ordered").dt.month(),
        )
        .join(customers, left_on="customer", right_on="id", how="left")
        .with_columns(days=(pl.col("ordered") - pl.col("joined")).dt.total_days())
        .group_by(keys)
        .agg(
            pl.len().alias("rows"),
            pl.col("revenue").sum(),
            pl.col("price").mean().alias("mean_price"),
            pl.col("days").max(),
            pl.col("quantity").sum().alias("pieces"),
        )
        .sort(keys)
        .sink_parquet(folder / "polars.parquet")
    )


def measure(work) -> list[float]:
    all_seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        all_seconds.append(time.perf_counter() - started)
    return all_seconds


print(json.dumps({"polars (for comparison)": measure(by_polars), "pandas (for comparison)": measure(by_pandas)}))
