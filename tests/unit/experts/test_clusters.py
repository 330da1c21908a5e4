"""Unanswered questions about one thing stand together."""

from hypothesis import given
from hypothesis import strategies as st

from content_packages.experts.clusters import CountedText, cluster_texts


def test_questions_about_one_thing_stand_together():
    texts = [
        CountedText("Chế độ nghỉ phép của công chức xã", 3),
        CountedText("che do nghi phep cong chuc xa the nao", 1),
        CountedText("Cách chấm điểm chỉ số PAR INDEX", 2),
    ]

    first, second = cluster_texts(texts)

    assert (first.title, first.times) == ("Chế độ nghỉ phép của công chức xã", 4)
    assert "nghi phep" in first.terms
    assert second.times == 2


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(1, 5)), max_size=25), st.randoms())
def test_every_text_is_in_one_cluster_whatever_the_order(pairs, random):
    texts = [CountedText(text, times) for text, times in dict(pairs).items()]
    shuffled = random.sample(texts, len(texts))

    clusters = cluster_texts(texts)

    assert sorted(one.text for cluster in clusters for one in cluster.texts) == sorted(
        one.text for one in texts
    )
    assert cluster_texts(shuffled) == clusters
