"""Good messages in German, French, Spanish and Japanese pass every check, whatever English words they happen to hold;
bad ones do not pass because English words are missing."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

import pytest

from callwright.errors import Rejected
from callwright.quality.wording import refuses, tells_failure
from callwright.records import Persona, PlannedCall, Reply, Source, Tool, Topic
from callwright.synthesis.answer import WriteAnswer
from callwright.synthesis.arguments import FillArguments
from callwright.synthesis.draft import Draft
from callwright.synthesis.facts import Fact
from callwright.synthesis.frame import Framer
from callwright.synthesis.outcomes import WriteBadNews, WriteRefusal
from callwright.synthesis.reasoning import WriteThoughts, WriteTrace
from callwright.synthesis.reply import WriteReply
from callwright.synthesis.user import WriteUser
from callwright.synthesis.wish import Wish
from callwright.tools.languages import asks, reads_english
from callwright.tools.values import Values

ISSUE = Tool(name="create_issue", description="Create an issue in a repository.", parameters={}, mutates=True)
PULL = Tool(name="create_pull_request", description="Create a pull request.", parameters={}, mutates=True)
LABELS = Tool(name="add_labels", description="Add labels to an issue.", parameters={}, mutates=True)
TOOLS = {tool.name: tool for tool in (ISSUE, PULL, LABELS)}
CALL = PlannedCall(
    id="call_0",
    tool="create_issue",
    arguments={"repository": "acme/web", "title": "Login"},
    sources={"/repository": Source(kind="user", turn=0), "/title": Source(kind="composed", turn=0)},
    result={"issue_number": 4101, "due": "2026-07-15T14:30:00Z"},
)

USER = {
    "de": (
        "Also, ich bin Designer und der Login klemmt seit heute. Kannst du dazu bitte ein Issue in acme/web anlegen?",
        "Okay, ich brauche ein Issue in acme/web: Der Report zum Pull Request fehlt seit dem Update.",
        "Next Level wäre das nicht, aber leg bitte ein Issue in acme/web an, das Set der Labels ist falsch.",
    ),
    "fr": (
        "Mon chef veut une addition au suivi : peux-tu ouvrir un ticket dans acme/web pour la page de connexion ?",
        "Le report du pull request bloque tout le monde, crée un ticket dans acme/web s'il te plaît.",
    ),
    "es": (
        "Por favor, abre una incidencia en acme/web: la página de acceso va muy lenta desde el lunes.",
        "¿Puedes listar el error en acme/web como incidencia? El set de pruebas del pull request falla.",
    ),
    "ja": (
        "ログイン画面が月曜から遅いので、acme/webに課題を作成してください。",
        "acme/webに課題を登録してもらえますか。",
    ),
}
ANSWER = {
    "de": (
        "Das Issue 4101 in acme/web ist angelegt, fällig am 15.07.2026 um 14:30 Uhr.",
        "Der Report zum Pull Request steht nun im Issue 4101.",
    ),
    "fr": ("Le ticket 4101 est créé dans acme/web, à faire avant le 15 juillet 2026 à 14h30.",),
    "es": ("He creado la incidencia 4101 en acme/web; vence el 15 de julio de 2026 a las 14:30.",),
    "ja": ("acme/webに課題4101を作成しました。期限は7月15日の14時30分です。",),
}
ASKS = {
    "de": ("In welchem Repository soll ich das Issue anlegen?",),
    "fr": ("Dans quel dépôt dois-je créer le ticket ?",),
    "es": ("¿En qué repositorio quieres que la abra?",),
    "ja": ("どのリポジトリに作成すればよいでしょうか。", "リポジトリ名を教えてください。", "どのリポジトリですか？"),
}
NO_QUESTION = {
    "de": "Ich lege das Issue an.",
    "fr": "Je crée le ticket.",
    "es": "Abro la incidencia.",
    "ja": "課題を作成します。",
}
DECLINES = {
    "de": ("Das kann ich hier leider nicht tun.", "Dafür habe ich kein Werkzeug."),
    "fr": (
        "Je n’ai pas accès aux tickets ici.",
        "Il ne m'est pas possible de créer un ticket.",
        "Je ne dispose d'aucun outil pour cela.",
    ),
    "es": ("No puedo abrir incidencias desde aquí.", "No dispongo de ninguna herramienta para eso."),
    "ja": ("申し訳ありませんが、課題の作成はできません。", "その作業には対応できかねます。"),
}
REFUSES = {
    "de": ("Das darf ich nicht: acme/web ist bis zum Ende der Prüfung gesperrt.",),
    "fr": ("Je ne peux pas le faire : acme/web est gelé pendant l'audit.", "C'est interdit pendant l'audit."),
    "es": ("No está permitido: acme/web está bloqueado durante la auditoría.",),
    "ja": ("監査中のため、acme/webの変更は許可されていません。", "監査が終わるまで変更はできません。"),
}
FAILS = {
    "de": ("Es wurde nichts gefunden.", "Die Suche ist leider gescheitert."),
    "fr": ("Aucun résultat ne correspond.", "Je n'ai rien trouvé."),
    "es": ("No se encontró nada.", "No hay resultados que coincidan."),
    "ja": ("該当するものは見つかりませんでした。", "結果はありませんでした。"),
}
DONE = {
    "de": "Ich habe das Issue 4101 angelegt.",
    "fr": "J'ai créé le ticket 4101.",
    "es": "He creado la incidencia 4101.",
    "ja": "課題4101を作成できました。",
    "pt": "Criei a tarefa 4101 no repositório.",
}
THINKS = {
    "de": ("Der Nutzer will ein Issue in acme/web, also lege ich es mit dem Titel Login an.",),
    "fr": ("L'utilisateur veut un ticket dans acme/web, je le crée avec le titre Login.",),
    "es": ("El usuario quiere una incidencia en acme/web, así que la abro con el título Login.",),
    "ja": ("ユーザーはacme/webに課題を作りたいので、タイトルLoginで作成する。",),
}


def each(samples: Mapping[str, tuple[str, ...]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("code", "text"), [(code, text) for code, texts in samples.items() for text in texts]
    )


def reply(kind: str, code: str, write: type[WriteReply] = WriteReply, **more: Any) -> WriteReply:
    return write(
        user="acme/web",
        so_far=[],
        tool_names=[*TOOLS],
        context="acme/web 4101",
        task="Say it.",
        kind=kind,
        seed=("s", 0),
        wish="create an issue",
        unfit=ISSUE,
        language=code,
        **more,
    )


def answer(code: str, write: type[WriteAnswer] = WriteAnswer) -> WriteAnswer:
    context = json.dumps([CALL.arguments, CALL.result])
    return write(
        user="acme/web",
        so_far=[],
        calls=[CALL],
        last=[CALL],
        tools=TOOLS,
        context=context,
        seed=("s", 0),
        language=code,
    )


@each(USER)
def test_what_a_user_says(code: str, text: str) -> None:
    persona = Persona(name="A", job="chef" if code == "fr" else "designer", company="Acme", tone="brisk", language=code)
    wish = Wish(
        wants="Create an issue in a repository",
        why="",
        about=["Slow login page"],
        facts=[Fact("call_0", "/repository", "repository", "acme/web")],
        persona=persona,
        so_far=[],
        begun="",
        tool=ISSUE,
        others=[PULL, LABELS],
        unknown=[],
    )
    step = WriteUser(wish, guidance="", seed=("s", 0, 0))
    step.ask(0)
    assert "acme/web" in step.read(Reply(text=text))
    with pytest.raises(Rejected, match="speaks as the assistant"):
        step.read(Reply(text="Sure, I have created the issue for you with the title that you gave in acme/web."))


@each(ANSWER)
def test_what_the_assistant_answers(code: str, text: str) -> None:
    assert answer(code).read(Reply(text=text)) == text
    with pytest.raises(Rejected, match="was never said"):
        answer(code).read(Reply(text=text.replace("4101", "4102")))


@each(ASKS)
def test_what_is_asked_back(code: str, text: str) -> None:
    missing = Fact("call_0", "/repository", "repository", "acme/web")
    assert asks(reply("ask", code, missing=missing).read(Reply(text=text)), code)
    with pytest.raises(Rejected, match="is not a question"):
        reply("ask", code, missing=missing).read(Reply(text=NO_QUESTION[code]))


@each(DECLINES)
def test_what_is_declined(code: str, text: str) -> None:
    assert reply("decline", code).read(Reply(text=text)) == text
    with pytest.raises(Rejected, match="does not say that it cannot be done"):
        reply("decline", code).read(Reply(text=DONE[code]))


@each(REFUSES)
def test_what_is_refused(code: str, text: str) -> None:
    step = reply("refuse", code, WriteRefusal, because="acme/web is frozen for an audit")
    assert step.read(Reply(text=text)) == text
    assert refuses(text, code)
    with pytest.raises(Rejected, match="does not say that you cannot"):
        step.read(Reply(text=DONE[code]))
    assert refuses(step.fallback(), code)


@each(FAILS)
def test_what_came_to_nothing(code: str, text: str) -> None:
    step = answer(code, WriteBadNews)
    assert step.read(Reply(text=text)) == text
    assert tells_failure(text, code)
    with pytest.raises(Rejected, match="does not say that it did not work"):
        step.read(Reply(text=DONE[code]))
    assert tells_failure(step.fallback(), code)


@pytest.mark.parametrize("code", DONE)
def test_a_report_of_success_is_no_refusal_and_no_failure(code: str) -> None:
    assert not refuses(DONE[code], code)
    assert not tells_failure(DONE[code], code)


@each(THINKS)
def test_what_is_thought(code: str, text: str) -> None:
    context = json.dumps(CALL.arguments)
    step = WriteThoughts("acme/web", [CALL], 1, TOOLS, context, ("s", 0), language=code)
    assert step.read(Reply(text=json.dumps({"thoughts": [text]}))) == (text,)
    english = "I have to create a pull request with the changes for your repository."
    with pytest.raises(Rejected, match="another action"):
        step.read(Reply(text=json.dumps({"thoughts": [english]})))
    trace = WriteTrace("acme/web", [CALL], TOOLS, [ISSUE], f"{context} create_issue", ("s", 0))
    assert trace.read(Reply(text=f"{text} create_issue"))


@pytest.mark.parametrize("samples", [USER, ANSWER, ASKS, DECLINES, REFUSES, FAILS, THINKS])
def test_none_of_them_reads_as_english(samples: Mapping[str, tuple[str, ...]]) -> None:
    assert not [text for texts in samples.values() for text in texts if reads_english(text)]
    assert reads_english("Could you open an issue for the login page with the label bug, please?")
    assert not reads_english("Leg ein Issue mit dem Titel „Fix the login“ an und weise es dem Team zu.")


def filled(code: str, job: str, situation: str) -> str:
    draft = Draft(
        row=0, seed="s", topic=Topic(path=("work",)), kind="single", occasion="", shapes=(), plan=(), links=(),
        persona=Persona(name="A", job=job, company="Acme", tone="brisk", language=code),
        offered=(ISSUE, PULL, LABELS), wanted=None,
    )  # fmt: skip
    values = Values(random.Random(0))
    frame = Framer(values).frame(ISSUE, 0, 0, {})
    step = FillArguments(
        draft=draft, frame=frame, number=0, guidance="", before="", told=(), known="", siblings=(), values=values
    )
    return step.read(Reply(text=json.dumps({"situation": situation}))).situation


@pytest.mark.parametrize(
    ("code", "job", "situation"),
    [
        ("de", "designer", "Als Designer warte ich auf den Report zum Pull Request, deshalb soll das heute weg."),
        ("fr", "chef", "Mon chef attend une addition des labels depuis ce matin, il faut avancer."),
        ("es", "editor", "El editor falló al crear el pull request y hay que dejar constancia hoy."),
        ("ja", "designer", "リリース前にログイン画面の不具合を記録しておく必要があるためです。"),
    ],
)
def test_what_sets_a_request_off(code: str, job: str, situation: str) -> None:
    assert filled(code, job, situation) == situation
    english = f"The {job} has asked me to create a pull request with the fix for the login, and this is for you."
    with pytest.raises(Rejected, match=r"somebody else"):
        filled(code, job, english)
