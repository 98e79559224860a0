"""Translation: a text in another language, token by token, by an encoder and a decoder."""

import types
from collections.abc import Callable, Mapping

import keras
import tensorflow as tf
import tensorflow_transform as tft

from schemas import features, tokens, translation
from schemas import tasks as tasks_lib
from trainer import config
from trainer.generation import beam_search, translating
from trainer.tasks import attention, next_tokens, task, translation_counts, wishes

# A wider beam takes the memory and the time of as many texts.
_MAX_BEAM = 64
_RULES = (
    wishes.Rule("beam_size", f"1 to {_MAX_BEAM}", lambda x: (x >= 1) & (x <= _MAX_BEAM)),
    wishes.Rule("length_penalty", "0 or more", lambda x: (x >= 0.0) & tf.math.is_finite(x)),
    wishes.Rule(
        "max_new_tokens",
        f"1 to {wishes.MAX_NEW_TOKENS:,}",
        lambda x: (x >= 1) & (x <= wishes.MAX_NEW_TOKENS),
    ),
)


class Translation(task.Task):
    """The next token of a translation, by softmax and cross-entropy.

    While training, it is told from the right ones before it (teacher forcing): `[CLS]` stands
    before the first, and `[SEP]` is the last.

    References:
        Vaswani et al. 2017, arXiv:1706.03762
    """

    input_features = (features.TOKEN_IDS, features.TARGET_IDS)
    answer_key = "translation"
    truth_key = features.REFERENCE
    _length = 0  # tokens of a source or a target at most; known once the model is built

    def transform(
        self, inputs: Mapping[str, tf.Tensor], tools: task.Tools
    ) -> dict[str, tf.Tensor | tf.SparseTensor]:
        """Gives the ids of both texts, each by its own vocabulary; the target's without its end."""
        [source], [target] = self.settings.texts, self.settings.targets
        written = tools.tokenizer(features.TARGET_VOCABULARY)(inputs[target])
        return {
            features.TOKEN_IDS: tools.tokenizer()(inputs[source]).to_sparse(),
            features.TARGET_IDS: written[:, :-1].to_sparse(),
        }

    def targets(
        self,
        transformed: Mapping[str, tf.Tensor | tf.RaggedTensor],
        transform_output: tft.TFTransformOutput,
    ) -> dict[str, tf.Tensor | tf.RaggedTensor]:
        """Takes what comes after each token of the target, its end after the last."""
        told = transformed[features.TARGET_IDS][:, 1:]
        end = tf.fill([told.nrows(), 1], tf.constant(tokens.SEP_ID, told.dtype))
        return {features.NEXT_IDS: tf.concat([told, end], axis=1)}

    def length(self, inputs: task.Tensors) -> tf.Tensor:
        """Takes the longer of both texts."""
        return tf.maximum(*(tf.size(inputs[name]) for name in self.input_features))

    def build_model(
        self,
        architecture: types.ModuleType,
        model_config: config.ModelConfig,
        transform_output: tft.TFTransformOutput,
        max_length: int,
    ) -> keras.Model:
        """Builds an encoder-decoder with logits over the target's vocabulary."""
        self._length = max_length
        size = transform_output.vocabulary_size_by_name(features.TARGET_VOCABULARY)
        model: keras.Model = architecture.build(
            model_config,
            vocabulary_size=transform_output.vocabulary_size_by_name(features.TOKEN_VOCABULARY),
            max_length=max_length,
            head=None if model_config.tied_embeddings else next_tokens.head(size),
            target_vocabulary_size=size,
        )
        return model

    def objective(
        self,
        train: config.TrainConfig,
        transform_output: tft.TFTransformOutput,
        train_targets: tf.data.Dataset,
    ) -> "Objective":
        """Makes the cross-entropy of every token of the target."""
        return Objective(train.label_smoothing)

    def summary(self, means: Mapping[str, float]) -> dict[str, float]:
        """Gives the perplexity."""
        return next_tokens.summary(means)

    def outputs(self, model: keras.Model, asked: task.Asked) -> beam_search.Found:
        """Translates as the settings say."""
        source = self._source(asked)
        rows = tf.shape(source)[:1]
        options = self.settings.options
        wished = beam_search.Wishes(
            beam_size=tf.fill(rows, tf.constant(options[translation.BEAM_SIZE], tf.int32)),
            length_penalty=tf.fill(rows, float(options[translation.LENGTH_PENALTY])),
            limits=translating.limits(source, self._length),
        )
        return translating.translate(model, source, wished, model.output_shape[-1])

    def answer(
        self,
        outputs: beam_search.Found,
        asked: task.Asked,
        transform_output: tft.TFTransformOutput,
    ) -> task.Tensors:
        """Gives the translation, and how likely it is.

        Returns:
            `translation`, strings `(batch,)`; `score`, its log-probability in nats divided by the
            length penalty, and `log_probability`, undivided; `tokens`, how many those are of, the
            end among them; `token_ids` `(batch, any)`, 0 after the last.
        """
        return {
            "translation": self._texts(outputs.token_ids, transform_output),
            "score": outputs.score,
            "log_probability": outputs.log_probability,
            "tokens": outputs.tokens,
            "token_ids": outputs.token_ids,
        }

    def truth(self, asked: task.Asked, transform_output: tft.TFTransformOutput) -> task.Tensors:
        """Gives the reference as the table has it, string `(batch,)`."""
        [target] = self.settings.targets
        return {features.REFERENCE: asked.raw[target]}

    def counts(self, width: int) -> translation_counts.Counts:
        """Makes the counts of nothing seen."""
        del width
        return translation_counts.Counts()

    def signatures(
        self,
        model: keras.Model,
        ask: Callable[[task.Tensors], task.Asked],
        transform_output: tft.TFTransformOutput,
    ) -> dict[str, tf.types.experimental.ConcreteFunction]:
        """Makes `translate`, where each row tells how it is translated, and `cross_attention`.

        Inputs of `translate`: `text`, strings `(batch,)`, and, `(batch,)` or for all rows alike
        `(1,)`, `beam_size`, `length_penalty` and `max_new_tokens`, the end of a translation among
        them. Outputs are those of `serving_default`. `cross_attention` takes `text` alone, and
        gives what `attention.crossed` tells of the translation of `serving_default`.
        """
        [name] = self.settings.texts

        def translate(text: tf.Tensor, **wished: tf.Tensor) -> task.Tensors:
            asked = ask({name: text})
            source = self._source(asked)
            each = wishes.of_rows(wished, _RULES, tf.shape(source)[0])
            limits = tf.minimum(each.pop("max_new_tokens"), self._length - 1)
            wanted = beam_search.Wishes(**each, limits=limits)
            found = translating.translate(model, source, wanted, model.output_shape[-1])
            return self.answer(found, asked, transform_output)

        types_ = {
            "text": tf.string,
            "beam_size": tf.int32,
            "length_penalty": tf.float32,
            "max_new_tokens": tf.int32,
        }
        specs = {key: tf.TensorSpec([None], type_, key) for key, type_ in types_.items()}

        def attend(**raw: tf.Tensor) -> task.Tensors:
            asked = ask(raw)
            told = self.outputs(model, asked).token_ids
            return attention.crossed(model, self._source(asked), told, transform_output)

        texts = {name: tf.TensorSpec([None], tf.string, name)}
        return {
            "translate": tf.function(translate, autograph=False).get_concrete_function(**specs),
            attention.CROSS_SIGNATURE: tf.function(attend, autograph=False).get_concrete_function(
                **texts
            ),
        }

    def _source(self, asked: task.Asked) -> tf.Tensor:
        """Takes the source's ids, int32 `(batch, source_len)`."""
        return tf.cast(tf.sparse.to_dense(asked.transformed[features.TOKEN_IDS]), tf.int32)

    def _texts(self, token_ids: tf.Tensor, transform_output: tft.TFTransformOutput) -> tf.Tensor:
        """Puts tokens together to texts, strings `(batch,)`."""
        units = self.settings.options[translation.UNITS]
        lines = transform_output.vocabulary_by_name(features.TARGET_VOCABULARY)
        pieces = tf.gather(tf.constant(tokens.texts(lines, units)), token_ids)
        texts = tf.strings.reduce_join(pieces, axis=1)
        if units not in tokens.LOSSLESS:
            texts = tf.strings.strip(texts)  # words come after single spaces, the first one too
        # The last token may end within a character.
        return tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8")


class Objective:
    """Cross-entropy of the target's tokens.

    Args:
        label_smoothing: Probability mass that right tokens give up to all while training.
    """

    def __init__(self, label_smoothing: float) -> None:
        self._label_smoothing = label_smoothing

    def loss(self, targets: task.Tensors, outputs: tf.Tensor, training: bool) -> task.Weighted:
        """Computes nats, and as weights the numbers of tokens."""
        smoothing = self._label_smoothing if training else 0.0
        return next_tokens.per_token(*next_tokens.nats(targets, outputs, smoothing))

    def metrics(self, targets: task.Tensors, outputs: tf.Tensor) -> dict[str, task.Weighted]:
        """Gives the share of tokens that were the likeliest after the right ones before."""
        return {"accuracy": next_tokens.accuracy(targets, outputs)}


def build(settings: tasks_lib.Settings) -> task.Task:
    """Builds the task."""
    return Translation(settings)
