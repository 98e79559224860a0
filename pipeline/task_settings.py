"""What the run's task is told of the data, made of the config. Imports no TensorFlow."""

from components.transform import config as transform_config
from pipeline import data_section, sections
from schemas import classification, features, language_model, question_answering, regression, tasks


def of(
    task: str,
    data: data_section.DataConfig,
    tokenizer: transform_config.TokenizerConfig,
    serve: sections.ServeConfig,
) -> tasks.Settings:
    """Makes the settings of a task.

    Args:
        task: The task's name.
        data: The section `data`: its columns get the names that all later nodes know.
        tokenizer: The section `tokenizer`.
        serve: The section `serve`, with all that the task heeds.
    """
    options: dict[str, object] = {}
    contract = tasks.contract(task)
    if classification.SEPARATOR in contract.options and data.label_separator is not None:
        options[classification.SEPARATOR] = data.label_separator
    if regression.NAMES in contract.options:
        options[regression.NAMES] = list(data.label)
    if question_answering.MAX_ANSWER_TOKENS in contract.options:
        options[question_answering.MAX_ANSWER_TOKENS] = tokenizer.max_answer_tokens
    if language_model.UNITS in contract.options:
        options[language_model.UNITS] = tokenizer.kind
    options.update({key: getattr(serve, key) for key in contract.serving})
    return tasks.Settings(
        name=task,
        texts=tuple(text_columns(data)),
        targets=() if contract.max_targets == 0 else tuple(target_columns(data)),
        options=options,
    )


def text_columns(data: data_section.DataConfig) -> dict[str, str]:
    """Maps the raw features of the texts to their columns."""
    return dict(zip((features.TEXT, features.TEXT_PAIR), data.text, strict=False))


def target_columns(data: data_section.DataConfig) -> dict[str, str]:
    """Maps the raw features of what is to be learned to their columns.

    One of them is `label`, whatever its column is called; several keep their columns' names.
    """
    if len(data.label) == 1:
        return {features.LABEL: data.label[0]}
    return {column: column for column in data.label}


def listed_label(settings: tasks.Settings) -> str | None:
    """Names the raw feature whose values are the labels, each row having one; None without one."""
    is_listed = tasks.contract(settings.name).has_labels
    has_several = settings.options.get(classification.SEPARATOR)
    return settings.targets[0] if is_listed and not has_several else None
