"""States by name on a real server: who comes late is told, and nobody else's writing is lost."""

import pytest

from liandong.bus import Bus, Changed, KeyValue


@pytest.fixture
async def bucket(bus: Bus) -> KeyValue:
    """Return an open bucket."""
    bucket = KeyValue(bus.lines, "of_a_test")
    await bucket.open()
    return bucket


async def test_what_is_kept_is_found_under_its_key(bucket: KeyValue) -> None:
    """A key has its latest value, and a revision that grows with each writing of it."""
    first = await bucket.put("a.1", b"one")
    second = await bucket.put("a.1", b"two", first)
    kept = await bucket.get("a.1")
    assert kept is not None
    assert (kept.key, kept.value, kept.revision) == ("a.1", b"two", second)
    assert second > first
    assert await bucket.get("a.2") is None


async def test_the_second_of_two_writers_is_told(bucket: KeyValue) -> None:
    """Both have seen the same revision; the first one's value stands."""
    seen = await bucket.put("a.1", b"one")
    await bucket.put("a.1", b"theirs", seen)
    with pytest.raises(Changed):
        await bucket.put("a.1", b"ours", seen)
    with pytest.raises(Changed):
        await bucket.put("a.1", b"as if there were none")
    kept = await bucket.get("a.1")
    assert kept is not None
    assert kept.value == b"theirs"


async def test_who_does_not_care_replaces_whatever_is_there(bucket: KeyValue) -> None:
    """Without a revision there is nothing to compare."""
    await bucket.put("a.1", b"one")
    await bucket.put("a.1", b"two", None)
    kept = await bucket.get("a.1")
    assert kept is not None
    assert kept.value == b"two"


async def test_a_dropped_key_is_gone_and_can_be_taken_again(bucket: KeyValue) -> None:
    """What was written after the revision that we know is not dropped."""
    first = await bucket.put("a.1", b"one")
    second = await bucket.put("a.1", b"two", first)
    await bucket.drop("a.1", first)
    assert await bucket.get("a.1") is not None
    await bucket.drop("a.1", second)
    assert await bucket.get("a.1") is None
    assert await bucket.put("a.1", b"three") > second


async def test_all_below_a_prefix_are_listed_once(bucket: KeyValue) -> None:
    """Each with its latest value; other prefixes are not among them."""
    for name in ("a.1", "a.2", "ab.1", "b.1"):
        await bucket.put(name, b"old")
        await bucket.put(name, name.encode(), None)
    found = [(kept.key, kept.value) async for kept in bucket.below("a")]
    assert sorted(found) == [("a.1", b"a.1"), ("a.2", b"a.2")]


async def test_a_bucket_that_is_there_is_opened_as_it_is(bus: Bus, bucket: KeyValue) -> None:
    """Opening it again loses nothing, and neither does another program's."""
    await bucket.put("a.1", b"one")
    again = KeyValue(bus.lines, "of_a_test")
    await again.open()
    kept = await again.get("a.1")
    assert kept is not None
    assert kept.value == b"one"
