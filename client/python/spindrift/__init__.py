"""Producers and subscribers of a spindrift server, and its detectors over a series."""

from .conversation import Refused
from .detection import detect
from .producer import AsyncProducer, Producer
from .subscriber import AsyncSubscriber, Subscriber

__all__ = ["AsyncProducer", "AsyncSubscriber", "Producer", "Refused", "Subscriber", "detect"]
__version__ = "0.2.0"
