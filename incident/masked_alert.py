"""What may be shown of an alert? Everything but the secrets in it: a monitor may have put them anywhere."""

from incident.alert import Alert
from incident.masking import MASK, mask_text
from incident.secret_names import is_secret


def masked_alert(alert: Alert) -> Alert:
    """The alert with the secrets in its texts, its labels and its address masked."""
    labels = {name: MASK if is_secret(name) else mask_text(value) for name, value in alert.labels.items()}
    return alert.model_copy(
        update={
            "title": mask_text(alert.title),
            "description": mask_text(alert.description),
            "labels": labels,
            "url": mask_text(alert.url) if alert.url else alert.url,
        }
    )
