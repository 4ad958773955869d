"""How nudges are chosen

Weeks are counted from here on, for whoever was there before as well: their steps stay as far as they have grown.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("plan") as plan:
        plan.add_column(sa.Column("weeks", sa.Integer(), nullable=False, server_default="0"))
        plan.add_column(sa.Column("week_began", sa.Text(), nullable=True))
        plan.add_column(sa.Column("reviewed", sa.Integer(), nullable=False, server_default="0"))
        plan.add_column(sa.Column("all_seen", sa.Boolean(), nullable=False, server_default=sa.false()))
        plan.add_column(sa.Column("keeps_pace", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("plan") as plan:
        plan.alter_column("weeks", server_default=None)
        plan.alter_column("reviewed", server_default=None)
        plan.alter_column("all_seen", server_default=None)
        plan.alter_column("keeps_pace", server_default=None)
    op.create_table(
        "bearing",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("picked", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.member_id"], name="fk_bearing_member_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("member_id", name="pk_bearing"),
    )
