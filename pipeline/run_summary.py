"""Fills the summary of a run from what the run has made."""

import pathlib
import shlex
import shutil
import sys
from collections.abc import Mapping, Sequence

from components.cross_validation import outcome as folds_lib
from components.data_gate import findings as findings_lib
from components.evaluator import verdict
from components.probe import outcome as probe_outcome
from components.trial import comparison, outcome
from components.trial import settings as trial_settings
from pipeline import config as config_lib
from pipeline import (
    errors,
    execution,
    results,
    summary,
    summary_folds,
    summary_trial,
    summary_tuning,
)
from pipeline import workspace as workspace_lib
from pipeline.lineage.site import writing
from schemas import metrics as metrics_lib
from trainer.tuning import record, settling

_MAX_FINDINGS = 10


def build(
    config: config_lib.Config,
    workspace: workspace_lib.Workspace,
    nodes: Sequence[execution.NodeRun],
    found: results.Results,
    seconds: float,
    log_path: str,
) -> summary.RunSummary:
    """Builds the summary of a run that came to its end."""
    judgement = found.verdict
    verdict_words, reasons = _verdict(found)
    passed = verdict_words == summary.BLESSED
    status = errors.ExitStatus.PUSHED if passed else errors.ExitStatus.NOT_BLESSED
    return summary.RunSummary(
        name=config.name,
        seconds=seconds,
        status=status,
        components=[summary.ComponentRow(n.node_id, n.seconds, n.state) for n in nodes],
        rows_by_split=found.rows,
        metrics=[_row(config.metrics, value, judgement) for value in judgement.values],
        verdict=verdict_words,
        reasons=reasons,
        quarantined=found.quarantined,
        quarantine_dir=str(workspace.quarantine),
        warnings=[_warning(finding) for finding in found.warnings],
        pushed_dir=found.pushed_dir,
        data_page=str(workspace.data_report / "index.html"),
        lineage_page=str(writing.page_of(workspace)),
        report_page=str(workspace.report / "index.html"),
        log_path=log_path,
        next_command=_next_command(found, len(config.task_settings.texts)),
        trial=_trial(found.trial) if found.trial else None,
        probe=found.probe.summary() if found.probe else "",
        search=_search(found.searches) if found.searches else None,
        folds=_folds(found.folds) if found.folds else None,
    )


def _verdict(found: results.Results) -> tuple[str, Sequence[str]]:
    """Tells whether the model may serve: the Evaluator's word first, then the probe's."""
    broken = _broken(found.probe) if found.probe else []
    if not found.verdict.blessed:
        return summary.NOT_BLESSED, (*found.verdict.reasons, *broken)
    return (summary.PROBE_FAILED, broken) if broken else (summary.BLESSED, found.verdict.reasons)


def _broken(probe: probe_outcome.Outcome) -> list[str]:
    """Tells what a probe has found, a line each; the page has all of it."""
    told = [each.message for each in probe.findings]
    more = len(told) - _MAX_FINDINGS
    return (
        [*told[:_MAX_FINDINGS], f"{more} more findings are on the page of the run"]
        if more > 0
        else told
    )


def _row(
    metrics: Mapping[str, metrics_lib.Metric], value: verdict.Value, judgement: verdict.Verdict
) -> summary.MetricRow:
    """Puts a metric beside the bounds that were set on it."""
    known = metrics.get(value.metric)
    bounds = {
        bound.kind: bound
        for bound in judgement.bounds
        if (bound.metric, bound.slice) == (value.metric, value.slice)
    }
    return summary.MetricRow(
        metric=value.metric,
        slice=None if value.slice == verdict.ALL_ROWS else value.slice,
        value=value.value,
        floor=bounds["floor"].bound if "floor" in bounds else None,
        ceiling=bounds["ceiling"].bound if "ceiling" in bounds else None,
        baseline=value.baseline,
        max_drop=bounds["max_drop"].bound if "max_drop" in bounds else None,
        passed=all(bound.passed for bound in bounds.values()) if bounds else None,
        higher_is_better=known is None or known.higher_is_better,
    )


def _search(found: Sequence[record.Search]) -> summary_tuning.SearchSummary:
    """Takes out of searches what a summary shows."""
    rows = []
    for search in found:
        best, *others = search.ranked()
        rows.append(
            summary_tuning.SearchRow(
                candidate=search.candidate,
                trials=len(search.run),
                own=search.own.value if search.own else None,
                runner_up=others[0].value if others else None,
                best=best.value,
                values=settling.spell_all(best.values),
                seconds=search.seconds,
                kept_own=search.has_own_values(best),
            )
        )
    return summary_tuning.SearchSummary(found[0].method, found[0].metric, rows)


def _folds(found: folds_lib.Outcome) -> summary_folds.FoldSummary:
    """Takes out of a cross-validation what a summary shows."""
    rows = []
    for candidate in found.candidates:
        mean = found.mean(candidate)
        is_rival = candidate != trial_settings.TRANSFORMER
        better = found.better_than(candidate) if is_rival else None
        rows.append(
            summary_folds.FoldRow(
                candidate,
                mean.mean if mean else None,
                mean.low if mean else None,
                mean.high if mean else None,
                better.mean if better else None,
                better.low if better else None,
                better.high if better else None,
            )
        )
    return summary_folds.FoldSummary(found.metric, found.count, 1.0 - found.alpha, rows)


def _trial(found: outcome.Outcome) -> summary_trial.TrialSummary:
    """Takes out of a trial what a summary shows: the metric that decides, on all rows."""
    differences = found.compared.differences_in(found.metric)
    values = found.compared.values_of(found.metric)
    return summary_trial.TrialSummary(
        decision=found.verdict.decision,
        reasons=found.verdict.reasons,
        metric=found.metric,
        rows=[
            _candidate(each, values.get(each.name), differences.get(each.name))
            for each in found.candidates
        ],
        winner=found.winner,
        winner_reason=found.winner_reason,
        price_per_core_hour=found.price_per_core_hour,
    )


def _candidate(
    candidate: outcome.Candidate,
    value: float | None,
    difference: comparison.Difference | None,
) -> summary_trial.CandidateRow:
    alone = candidate.measured.timings.get(outcome.ALONE)
    seconds = [training.seconds for training in candidate.trainings]
    return summary_trial.CandidateRow(
        name=candidate.name,
        value=value,
        better=difference.value if difference else None,
        better_low=difference.low if difference else None,
        better_high=difference.high if difference else None,
        p=difference.corrected_p if difference else None,
        train_seconds=sum(seconds) / len(seconds),
        export_bytes=candidate.export_bytes,
        p50_seconds=alone.p50_seconds if alone else None,
        cost_of_a_million=candidate.cost_of_a_million,
    )


def _warning(finding: findings_lib.Finding) -> str:
    """Tells of a finding in one line, with the first of its rows."""
    told = f"{finding.check}: {finding.message}"
    if not finding.rows:
        return told
    [row, *others] = finding.rows
    note = f" ({row.note})" if row.note else ""
    more = f" and {len(others)} more on the page" if others else ""
    return f"{told}: {row.origin}{note}{more}"


def _next_command(found: results.Results, num_texts: int) -> str | None:
    """Names what one would try now, as it can be pasted."""
    if not found.pushed_dir:
        return None
    texts = ['"Any text of your own."', '"And another."'][:num_texts]
    return f"{_python()} -m serving.ask {shlex.quote(found.pushed_dir)} {' '.join(texts)}"


def _python() -> str:
    """Spells the Python that runs, as short as the user's shell finds it."""
    path = pathlib.Path(sys.executable)
    if shutil.which(path.name) == sys.executable:
        return path.name
    here = pathlib.Path.cwd()
    return shlex.quote(str(path.relative_to(here) if path.is_relative_to(here) else path))
