"""Values of a column, counted by TFDV."""

import pandas as pd
import tensorflow_data_validation as tfdv

from components.schema import values


def test_values_are_counted() -> None:
    rows = pd.DataFrame({"shop": ["Rome", "Köln", "Rome", "Rome"], "age": [1.5, 2.0, 2.5, 40.0]})
    [dataset] = tfdv.generate_statistics_from_dataframe(rows).datasets
    assert values.of_feature(dataset, "shop") == {"Rome": 3, "Köln": 1}
    assert values.of_feature(dataset, "age") == {}
    assert values.of_feature(dataset, "nothing") == {}
