"""Where arrow keys lead in a group of controls."""

from collections.abc import Collection

Place = tuple[int, int]  # row and column


def next_place(places: Collection[Place], at: Place, key: str) -> Place | None:
    """The place that a key leads to from one of the places; None for other keys, and where there is
    nothing on that side."""
    order = sorted(places)
    number, row = order.index(at), at[0]
    match key:
        case "ArrowRight":
            return order[number + 1] if number + 1 < len(order) else None
        case "ArrowLeft":
            return order[number - 1] if number else None
        case "ArrowDown":
            return _nearest([place for place in order if place[0] > row], at)
        case "ArrowUp":
            return _nearest([place for place in order if place[0] < row], at)
        case "Home":
            return order[0]
        case "End":
            return order[-1]
    return None


def _nearest(places: Collection[Place], at: Place) -> Place | None:
    """In the nearest row the nearest column."""
    return min(places, key=lambda it: (abs(it[0] - at[0]), abs(it[1] - at[1])), default=None)
