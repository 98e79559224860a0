"""What Ingest is told, made of the config."""

from components.ingest import columns as columns_lib
from components.ingest import settings as settings_lib
from pipeline import config as config_lib
from pipeline import task_settings
from schemas import features, tasks


def build(config: config_lib.Config, quarantine_dir: str) -> settings_lib.Settings:
    """Makes the settings of Ingest.

    Args:
        config: The run's config.
        quarantine_dir: Where the newest run's unusable rows are copied to.
    """
    data = config.data
    parts = data.split
    return settings_lib.Settings(
        columns=columns(config),
        dialect=settings_lib.Dialect(data.format, data.delimiter, data.header),
        split=settings_lib.Split(
            buckets={
                features.TRAIN_SPLIT: parts.train,
                features.EVAL_SPLIT: parts.eval,
                features.TEST_SPLIT: parts.test,
            },
            content=tasks.contract(config.task).split_by(config.task_settings),
            group=parts.group,
            time=parts.time,
            contiguous=parts.contiguous,
        ),
        max_bad_fraction=data.max_bad_fraction,
        quarantine_dir=quarantine_dir,
    )


def columns(config: config_lib.Config) -> columns_lib.Columns:
    """Lists the columns that become features: texts, targets, those to slice by, those to keep."""
    data, settings = config.data, config.task_settings
    contract = tasks.contract(settings.name)
    kinds = contract.request_features(settings) | contract.training_features(settings)
    names = task_settings.text_columns(data) | task_settings.target_columns(data)
    if contract.has_starts:
        names[features.ANSWER_START] = str(data.answer_start)  # a config without it was refused
    wanted = {name: columns_lib.Column(names[name], kind) for name, kind in kinds.items()}
    for name in config.evaluate.slices:
        wanted[name] = columns_lib.Column(name)
    for name, kind in data.keep.items():
        wanted[name] = columns_lib.Column(name, kind)
    return columns_lib.Columns(wanted, settings if contract.has_starts else None)
