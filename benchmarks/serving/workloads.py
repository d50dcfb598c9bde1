"""What is served to whom, under which loads."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    """A model and its contestants.

    `connections` are those of the closed loop whose throughput is the capacity; the bad requests
    are beside its good ones, as a share. `swept` are measured under every load once, and
    `targeted` in every repetition under those that have a target.
    """

    key: str
    title: str
    subject: str
    input_kind: str
    contestants: tuple[str, ...]
    connections: int = 32
    deadline_ms: int = 100
    bad: float = 0.0
    swept: tuple[str, ...] = ()
    targeted: tuple[str, ...] = ()
    pace: float = 1.0  # how much longer than others it is measured


A = (
    *("service", "wsgi", "mosec", "mosec-batched", "fastapi", "flask"),
    *("litserve", "mlserver", "bentoml"),
)
B = (
    *("service", "service-none", "loop", "mosec-batched", "fastapi", "flask"),
    *("litserve-batched", "mlserver-batched", "bentoml"),
)
C = ("service", "service-int8", "loop", "mosec", "fastapi", "flask", "litserve")
D = ("service-v2", "triton", "loop")
E = ("service", "mosec-batched", "litserve-batched", "mlserver-batched", "bentoml")

WORKLOADS = {
    workload.key: workload
    for workload in (
        Workload(
            *("a", "small MLP, 784 numbers as JSON", "small", "tensor", A),
            swept=A,
            targeted=("service", "mosec"),
        ),
        Workload(
            *("b", "MLP of 24 million parameters, 784 numbers as JSON", "large", "tensor", B),
            deadline_ms=500,
            swept=B,
            targeted=("service",),
        ),
        Workload(
            *("c", "ResNet18, a JPEG of 500 x 375 as JSON", "images", "image", C),
            connections=8,
            deadline_ms=2000,
            swept=("service", "mosec", "litserve"),
            pace=2.0,
        ),
        Workload(
            *("d", "ResNet18, 3 x 224 x 224 numbers as bytes (V2)", "arrays", "tensor", D),
            connections=8,
            deadline_ms=2000,
            pace=2.0,
        ),
        Workload(*("e", "as (a), 1 % of the requests bad", "small", "tensor", E), bad=0.01),
    )
}
