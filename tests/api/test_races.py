"""Eight clients complete one task at once over HTTP: one wins, the others get 409, none 5xx."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

TASKS, CLIENTS = 6, 8


@pytest.mark.slow
def test_one_client_wins_each_task_and_the_others_get_409(clerk):
    received = [clerk.receive() for _ in range(TASKS)]

    def complete(response):
        dossier = response.get_json()
        path = f"/dossiers/{dossier['id']}/tasks/{dossier['tasks'][0]['task']}/complete"
        facts = {"components_complete": True, "eligible": True}
        answer = clerk.post(path, {"facts": facts}, response.headers["ETag"])
        return dossier["id"], answer.status_code

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(complete, [r for r in received for _ in range(CLIENTS)]))
    for response in received:
        found = Counter(s for dossier, s in answers if dossier == response.get_json()["id"])
        assert found == {200: 1, 409: CLIENTS - 1}
