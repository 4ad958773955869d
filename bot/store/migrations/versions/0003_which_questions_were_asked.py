"""Which questions were asked

Whoever has a plan was asked everything there was to ask when they started.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("member", sa.Column("asked", sa.Integer(), nullable=True))
    op.execute("UPDATE member SET asked = 1 WHERE member_id IN (SELECT member_id FROM plan)")
