"""Screening and linking on Apache Spark, with the answers of one machine; ``docs/spark.md`` says how to run it.

The same functions read an ad, compare two texts and explain a cluster; Spark carries their rows. It needs
``pip install "thb-indicators[spark]"`` and Java 17, and the package on every worker.
"""

from thb_indicators.repeats.spark.ads import screen_frame
from thb_indicators.repeats.spark.link import Found, link_frame

__all__ = ["Found", "link_frame", "screen_frame"]
