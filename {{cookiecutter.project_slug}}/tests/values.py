"""What any client may send: strategies of hypothesis."""

from hypothesis import strategies as st

TEXT = st.text(max_size=8)
# Any value of JSON; also what is none of it, NaN and the infinities, since Python clients send it.
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda values: st.lists(values) | st.dictionaries(TEXT, values),
    max_leaves=10,
)
