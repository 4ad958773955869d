"""What is picked is sealed

Revision: 0002, after 0001

Here the columns change; their values stay readable until the next start gives each member a key (bot/store/clear.py).
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("member") as batch_op:
        batch_op.add_column(sa.Column("key_id", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_member_key_id"), ["key_id"], unique=True)

    with op.batch_alter_table("occurrence") as batch_op:
        batch_op.alter_column("answer", existing_type=sa.Text(), type_=sa.LargeBinary())
    op.execute("UPDATE occurrence SET answer = CAST(json_quote(CAST(answer AS TEXT)) AS BLOB) WHERE answer IS NOT NULL")

    with op.batch_alter_table("check_in") as batch_op:
        batch_op.alter_column("picks", existing_type=sa.Text(), type_=sa.LargeBinary(), existing_nullable=False)
    op.execute("UPDATE check_in SET picks = CAST(picks AS BLOB)")

    op.rename_table("refusal", "refusal_in_the_clear")
    op.create_table(
        "refusal",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("refusal_id", sa.Text(), nullable=False),
        sa.Column("picked", sa.LargeBinary(), nullable=False),
        sa.Column("refused_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.member_id"], name=op.f("fk_refusal_member_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "refusal_id", name=op.f("pk_refusal")),
    )
    op.execute(
        "INSERT INTO refusal (member_id, refusal_id, picked, refused_at) "
        "SELECT member_id, what || ' ' || subject, CAST(json_object('subject', subject, 'what', what) AS BLOB), "
        "refused_at FROM refusal_in_the_clear"
    )
    op.drop_table("refusal_in_the_clear")
