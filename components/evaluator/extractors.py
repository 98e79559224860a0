"""What TFMA extracts of each row; TFX finds it by its dotted path, and loads this file anew."""

from typing import Any

import tensorflow_model_analysis as tfma
from tensorflow_model_analysis.extractors import extractor

from components.evaluator import predictions


def extractors(
    eval_shared_model: Any, eval_config: tfma.EvalConfig, tensor_adapter_config: Any
) -> list[extractor.Extractor]:
    """Makes TFMA's own extractors, and one that keeps some of what they have extracted."""
    own = tfma.default_extractors(
        eval_shared_model=eval_shared_model,
        eval_config=eval_config,
        tensor_adapter_config=tensor_adapter_config,
    )
    [spec] = [each for each in eval_config.model_specs if not each.is_baseline]
    path = f"{predictions.directory()}/{predictions.FILE_NAME}"
    kept = predictions.Keep(path, spec, alone=len(eval_config.model_specs) == 1)
    return [*own, extractor.Extractor("KeepPredictions", kept)]
