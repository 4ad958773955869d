"""A moderator switches Porchlight on, looks how it is, and switches it off. They never see a person."""

from __future__ import annotations

import discord

from tests.support.world import World


async def test_setup_says_what_moderators_can_never_see_before_it_asks_for_anything(world: World) -> None:
    screen = await world.sam.slash("setup")

    assert "What moderators can never see:" in screen.text
    assert "View Channel and Send Messages" in screen.text


async def test_setup_shows_the_card_and_posts_it_after_one_more_press(world: World) -> None:
    await world.sam.slash("setup")
    screen = await world.sam.pick("channel", world.channel)
    assert "This is what members will see" in screen.text
    assert world.channel.last_message is None

    screen = await world.sam.press("Post it")

    assert "The card stands in" in screen.text
    assert world.card.labels == ["Try one now", "What does it store?", "Start", "Need more than a nudge?"]
    assert await world.app.journeys.enable.is_on(world.guild_id)


async def test_setup_says_where_a_card_stands_already_and_that_it_stays(world: World) -> None:
    assert "already" not in (await world.sam.slash("setup")).text
    await world.set_up()

    assert f"It is **on** already, with its card in <#{world.channel.id}>." in (await world.sam.slash("setup")).text
    await world.sam.pick("channel", world.channel)
    assert "already" in (await world.sam.press("Back")).text

    await world.sam.slash("community disable")
    await world.sam.press("Stop everything")
    assert "already" not in (await world.sam.slash("setup")).text


async def test_the_card_pings_nobody(world: World) -> None:
    await world.set_up()

    posted = [one.json for one in world.env.http_requests if one.path.endswith("/messages")]
    assert [one["allowed_mentions"] for one in posted] == [{"parse": []}]


async def test_setup_can_be_left_and_walked_back(world: World) -> None:
    await world.sam.slash("setup")
    await world.sam.pick("channel", world.channel)
    await world.sam.press("Back")
    screen = await world.sam.press("Not now")

    assert "Nothing was changed" in screen.text
    assert not await world.app.journeys.enable.is_on(world.guild_id)


async def test_a_channel_that_the_bot_may_not_write_in_is_said_plainly(world: World) -> None:
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
    await world.sam.slash("setup")
    await world.sam.pick("channel", world.channel)

    screen = await world.sam.press("Post it")

    assert "Porchlight may not post in that channel" in screen.text
    assert not await world.app.journeys.enable.is_on(world.guild_id)


async def test_a_channel_that_is_gone_by_then_is_said_plainly(world: World) -> None:
    other = world.env.guild.create_text_channel("other")
    await world.sam.slash("setup")
    await world.sam.pick("channel", other)
    channel = world.app.client.get_channel(other.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.delete()

    assert "may not post in that channel" in (await world.sam.press("Post it")).text


async def test_what_discord_shows_by_default_is_checked_again_at_every_press(world: World) -> None:
    """An administrator can let anybody see these commands; that does not make them a moderator."""
    casey = world.person("casey", manages=True)
    setup = await casey.slash("setup")
    disable_asked = None
    await world.set_up()
    disable_asked = await casey.slash("community disable")
    for role in list(world.env.backend.get_guild(world.guild_id).members[casey.id].role_ids):
        world.env.backend.get_guild(world.guild_id).members[casey.id].role_ids.remove(role)

    assert "Discord says that you do not have it here" in (await casey.pick("channel", world.channel, on=setup)).text
    assert "Discord says that you do not have it here" in (await casey.press("Stop everything", on=disable_asked)).text
    assert await world.app.journeys.enable.is_on(world.guild_id)


async def test_members_do_not_even_see_the_moderators_commands(world: World) -> None:
    visible = world.robin.actor.available_commands(world.channel)

    assert not [command for command in visible if command.startswith(("setup", "community"))]
    assert "nudge start" in visible


async def test_moderators_commands_live_in_servers_only(world: World) -> None:
    in_dm = world.sam.actor.user.available_commands()

    assert not [command for command in in_dm if command.startswith(("setup", "community"))]
    assert "privacy delete" in in_dm


async def test_status_tells_whether_it_is_on_and_no_number_below_ten(world: World) -> None:
    assert "never switched on" in (await world.sam.slash("community status")).text
    await world.set_up()
    await world.start(also=("counts",))

    screen = await world.sam.slash("community status")

    assert "It is **on** since" in screen.text
    assert "Fewer than ten people" in screen.text
    assert "robin" not in screen.text.lower()
    assert str(world.robin.id) not in screen.text


async def test_status_rounds_from_ten_people_on(world: World) -> None:
    await world.set_up()
    for number in range(12):
        await world.start(world.person(f"member{number}"), also=("counts",))

    assert "About **10** people" in (await world.sam.slash("community status")).text


async def test_disable_asks_once_and_then_stops_everything(world: World) -> None:
    await world.set_up()
    await world.sam.slash("community disable")
    assert "Left as it is" in (await world.sam.press("Leave it on")).text
    assert await world.app.journeys.enable.is_on(world.guild_id)

    await world.sam.slash("community disable")
    assert "Stopped" in (await world.sam.press("Stop everything")).text

    assert "It is **off** since" in (await world.sam.slash("community status")).text
    assert "not switched on in this server" in (await world.sam.slash("community disable")).text
    assert "not switched on in this server" in (await world.robin.press("Start", on=world.card)).text
    assert "not switched on in this server" in (await world.robin.slash("nudge start")).text


async def test_a_member_of_a_server_that_was_switched_off_is_asked_once_in_private(world: World) -> None:
    await world.set_up()
    await world.start()
    await world.sam.slash("community disable")
    await world.sam.press("Stop everything")

    question = await world.to_next_nudge()
    assert "has switched Porchlight off" in question.text
    assert question.labels == ["Go on without the server", "Stop", "Need more than a nudge?"]

    answer = await world.robin.press("Go on without the server", on=question)
    assert "between you and the bot" in answer.text
    assert "Did it" in (await world.to_next_nudge()).labels


async def test_a_server_that_sends_the_bot_away_is_off(world: World) -> None:
    await world.set_up()
    guild = world.app.client.get_guild(world.guild_id)
    assert guild is not None

    await guild.leave()
    await world.env.settle()

    assert not await world.app.journeys.enable.is_on(world.guild_id)


async def test_the_number_says_of_what_day_it_is(world: World) -> None:
    await world.set_up()

    assert "as of <t:" in (await world.sam.slash("community status")).text


async def test_a_member_of_a_server_that_is_off_is_told_so_wherever_they_look(world: World) -> None:
    await world.set_up()
    await world.start()
    await world.sam.slash("community disable")
    await world.sam.press("Stop everything")

    for command in ("nudge settings", "nudge resume"):
        assert "Your server switched Porchlight off" in (await world.robin.slash_in_dm(command)).text


async def test_a_server_that_is_on_again_is_told_to_whom_it_concerns(world: World) -> None:
    await world.set_up()
    await world.start()
    await world.sam.slash("community disable")
    await world.sam.press("Stop everything")
    await world.to_next_nudge()
    await world.set_up()

    assert "on again" in (await world.robin.slash("nudge settings")).text
    assert "The next one comes" in (await world.robin.slash("nudge resume")).text


async def test_a_yes_to_the_old_question_of_a_server_that_is_off_says_how_things_stand(world: World) -> None:
    await world.set_up()
    await world.start()
    for _ in range(7):
        question = await world.to_next_nudge()
    assert "Would you like to go on" in question.text
    await world.sam.slash("community disable")
    await world.sam.press("Stop everything")

    assert "Your server switched Porchlight off" in (await world.robin.press("Yes, go on", on=question)).text


async def test_what_one_member_does_is_never_in_what_a_moderator_gets(world: World) -> None:
    """Promise 2: the moderator's own answers, and everything public, hold nothing of any member."""
    await world.set_up()
    await world.start(also=("answers", "check_ins", "streak", "counts"))
    await world.robin.press("Did it", on=await world.to_next_nudge())

    seen = [(await world.sam.slash("community status")).text, world.card.text]

    public = [message for message in world.channel.history() if not message.flags.ephemeral]
    assert len(public) == 1, "the card is the one public message there ever is"
    for text in seen:
        assert str(world.robin.id) not in text
        assert "robin" not in text.lower()
