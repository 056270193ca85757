"""Talks to a Caracola server with redis-py, as its users do. Says what it did, line by line; fails by an exception.

Usage: redis_py.py HOST PORT CA-FILE
"""

import sys

import redis
import redis.backoff
import redis.retry

HOST, PORT, CA = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def connect(protocol, **more):
    return redis.Redis(
        host=HOST,
        port=PORT,
        ssl=True,
        ssl_ca_certs=CA,
        ssl_check_hostname=True,
        protocol=protocol,
        decode_responses=True,
        socket_timeout=30,
        **more,
    )


def ask(protocol):
    caracola = connect(protocol, client_name="script")
    assert caracola.ping() is True
    card = caracola.execute_command("RUN", "ls")
    assert card.startswith("ls"), card
    assert caracola.execute_command("ls") == card
    assert "HTTPS" in caracola.execute_command("RUN", "port", 443)
    assert caracola.client_getname() == "script"
    assert caracola.info()["caracola_version"]
    assert caracola.client_id() > 0
    assert caracola.command_count() > 40
    for words, code in (["RUN", "lss"], "UNKNOWN"), (["RUN", "port"], "USAGE"), (["RUN", "port", "0"], "FAILED"):
        try:
            caracola.execute_command(*words)
        except redis.ResponseError as error:
            assert str(error).startswith(code), error
        else:
            raise AssertionError(f"{words} is not an error")
    pipeline = caracola.pipeline(transaction=False)
    for number in range(100):
        pipeline.execute_command("ECHO", number)
    assert pipeline.execute_command("RUN", "mkdir", "demo").execute()[:100] == [str(n) for n in range(100)]
    caracola.close()


def listen(protocol):
    """Waits for somebody to say `over`, and tells what it heard."""
    caracola = connect(protocol, client_name="script")
    with caracola.pubsub() as room:
        room.subscribe("lobby")
        for message in room.listen():
            if message["type"] == "subscribe":
                assert message["channel"] == "lobby" and message["data"] == 1, message
                print(f"protocol {protocol} listens", flush=True)
            elif message["type"] == "message":
                print(f"protocol {protocol} heard {message['data']}", flush=True)
                if message["data"].endswith("over"):
                    break
        room.unsubscribe()
    assert caracola.publish("lobby", f"done with {protocol}") >= 1
    caracola.close()


def refuse_strangers():
    """Neither an unknown certificate nor a wrong host is taken."""
    for more in {"ssl_ca_certs": None}, {"host": "127.0.0.2"}:
        once = redis.retry.Retry(redis.backoff.NoBackoff(), 0)
        options = dict(host=HOST, port=PORT, ssl=True, ssl_ca_certs=CA, ssl_check_hostname=True, retry=once)
        try:
            redis.Redis(**(options | more)).ping()
        except redis.ConnectionError:
            continue
        raise AssertionError(f"connected with {more}")


for version in 2, 3:
    ask(version)
    listen(version)
refuse_strangers()
print("done", flush=True)
