"""A serving process that is there when it is asked: one that has ended is started again."""

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping

from components.probe import client, config
from trainer import export
from trainer.tasks import attention

RAW, EXAMPLES = export.RAW_SIGNATURE, export.EXAMPLES_SIGNATURE
JUDGED = export.JUDGED_SIGNATURE
# What the Evaluator calls, and no client.
OF_EVALUATOR = (export.TRANSFORM_SIGNATURE, JUDGED)
# What only shows, and is not asked as often as to be warmed up.
SHOWING = (attention.SIGNATURE, attention.CROSS_SIGNATURE, attention.TOKENS_SIGNATURE)


@dataclasses.dataclass
class Session:
    """Asks a model for as long as the block lasts.

    Attributes:
        signatures: What it offers, by name.
        load_seconds: Time that the first loading took, imports apart.
    """

    signatures: Mapping[str, client.Signature]
    load_seconds: float
    _directory: str
    _limits: config.ProbeConfig
    _stack: contextlib.ExitStack
    _server: client.Server | None

    def ask(self, signature: str, inputs: client.Tensors) -> client.Reply:
        """Calls a signature.

        Raises:
            Ended: If the process ends before it answers; the next call starts another.
        """
        if self._server is None:
            self._server = _start(self._stack, self._directory, self._limits)
        try:
            return self._server.ask(signature, inputs, self._limits.timeout_seconds)
        except client.Ended:
            self._server = None
            raise


@contextlib.contextmanager
def of(directory: str, limits: config.ProbeConfig) -> Iterator[Session]:
    """Loads a model.

    Args:
        directory: Of the SavedModel.
        limits: Tells how long it may take.

    Raises:
        Ended: If the process does not load it.
    """
    with contextlib.ExitStack() as stack:
        server = _start(stack, directory, limits)
        yield Session(server.signatures, server.load_seconds, directory, limits, stack, server)


def _start(
    stack: contextlib.ExitStack, directory: str, limits: config.ProbeConfig
) -> client.Server:
    return stack.enter_context(client.serving(directory, limits.load_timeout_seconds))
