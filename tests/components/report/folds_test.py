"""The cross-validation on the page."""

import dataclasses

from components.report import folds


def test_without_folds_there_is_no_section(tried):
    assert folds.build(tried.folds) is None


def test_the_table_tells_means_intervals_and_paired_differences(searched):
    rows = folds.build(searched.folds).means.rows
    assert [row[:2] for row in rows] == [("transformer", "0.8000"), ("linear", "0.7333")]
    # s^2 = 0.01, and (1/3 + 1/2) of it; t of 2 degrees of freedom is 4.3027.
    assert rows[0][2] == "0.4072 to 1.1928"
    assert (rows[0][3], rows[1][3]) == ("–", "+0.0667")


def test_every_fold_has_a_row(searched):
    table = folds.build(searched.folds).each
    assert table.heads == ("Fold", "rows", "transformer", "linear")
    assert table.rows[1] == ("2", "50", "0.7000", "0.6500")


def test_it_says_what_is_held_out_and_that_trainings_share_rows(searched):
    says = folds.build(searched.folds).says
    assert says.startswith("The train split's 150 rows (140 texts or groups that stay together)")
    assert "Nadeau and Bengio 2003" in says


def test_means_and_folds_have_a_plot_each(searched):
    means, each = folds.build(searched.folds).plots
    assert "transformer 0.8000, linear 0.7333" in means.drawing
    assert [name for name, _ in each.legend] == ["transformer", "linear"]


def test_an_undefined_fold_has_a_dash(searched):
    [first, *others] = searched.folds.folds
    undefined = dataclasses.replace(first, metrics={"accuracy": None})
    found = dataclasses.replace(searched.folds, folds=[undefined, *others])
    section = folds.build(found)
    assert section.each.rows[0][2] == "–"
    assert section.means.rows[0][1:3] == ("–", "–")
