"""What is set aside has a month

Its instant was that of an answer as well, and so told which nudge it was about. The beginning of the month stays.

Revision: 0004, after 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "UPDATE refusal SET refused_at = "
        "1000 * CAST(strftime('%s', refused_at / 1000, 'unixepoch', 'start of month') AS INTEGER)"
    )
