"""The ways in which digits are taught and written, digit by digit: each form gives a template that
varies in its proportions, openings, loops and ends every time.

x runs to the right and y downwards, a digit is about 1 high, and each list of nodes is drawn
without lifting the pen.
"""

from . import eight, five, four, nine, one, seven, six, three, two, zero
from .form import Form

FORMS: dict[int, tuple[Form, ...]] = {
    0: zero.FORMS,
    1: one.FORMS,
    2: two.FORMS,
    3: three.FORMS,
    4: four.FORMS,
    5: five.FORMS,
    6: six.FORMS,
    7: seven.FORMS,
    8: eight.FORMS,
    9: nine.FORMS,
}
