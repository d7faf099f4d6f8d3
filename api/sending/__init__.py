"""What leaves the house: webhooks over HTTP, letters over SMTP. The only room that connects out.

It carries what it is handed and says what came of it; what is sent to whom is decided below.
"""

from __future__ import annotations

from api.sending.mail import SmtpMail
from api.sending.notices import Notices
from api.sending.posting import HttpPost, networks
from api.sending.wire import HttpWire
from config import Settings
from workflows import joint
from workflows.delivering import Carriers


def carriers_of(settings: Settings) -> Carriers:
    """Return who carries what out; letters wait for nobody where no mail server is named."""
    notices = Notices.load(settings.bpmn_folder / "shared" / "notices")
    post = HttpPost(allowed=networks(settings.webhook_networks))
    wire = HttpWire() if settings.installation else None
    return Carriers(
        post=post,
        mail=SmtpMail.of(settings, notices),
        wire=wire,
        forward=joint.forward if wire else None,
    )
