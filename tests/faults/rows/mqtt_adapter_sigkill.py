"""The same as `adapter_sigkill`, where there is an MQTT broker."""

from faults.rows.adapter_sigkill import run

__all__ = ["run"]
