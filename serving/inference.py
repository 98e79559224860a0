"""Classify and regress: examples in, labels or numbers out, by whichever entrance they come."""

from serving import signatures as signatures_lib
from serving import version
from serving.codec import examples


async def infer(
    served: version.ServedVersion,
    signature_name: str,
    method: str,
    given: examples.Input,
    deadline: float,
) -> tuple[signatures_lib.Signature, examples.Result]:
    """Asks a version about examples.

    Args:
        served: The version, which is held meanwhile.
        signature_name: Empty for the default one.
        method: `CLASSIFY_METHOD` or `REGRESS_METHOD`, which must be the signature's.
        given: The examples.
        deadline: Until when, by the event loop's clock.

    Returns:
        The signature that was asked, and what it has answered.

    Raises:
        ServingError: If the signature is none of that method, or the examples do not fit.
    """
    signature = served.model.signature(signature_name)
    examples.check_method(signature, method)
    inputs = examples.serialize(given)
    outputs = await served.ask(signature, {examples.INPUTS: inputs}, deadline)
    return signature, examples.result(method, outputs, len(inputs))
