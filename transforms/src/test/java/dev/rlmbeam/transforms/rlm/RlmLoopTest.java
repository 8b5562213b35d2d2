package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static dev.rlmbeam.transforms.rlm.LoopRig.code;

import dev.rlmbeam.sandbox.repl.ExecutionResult.Outcome;
import dev.rlmbeam.sandbox.testing.ScriptedResult;
import dev.rlmbeam.sandbox.testing.ScriptedSessions;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.ChatMessage.Role;
import dev.rlmbeam.transforms.model.LanguageModel;
import dev.rlmbeam.transforms.model.ModelRequest;
import dev.rlmbeam.transforms.model.ModelResponse;
import dev.rlmbeam.transforms.model.ModelUsage;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RlmLoopTest {
  private final LoopRig rig = new LoopRig();
  private final List<String> ran = new ArrayList<>();

  /** Prints each block's code, and answers with what follows {@code answer=}. */
  private final ScriptedSessions sessions =
      ScriptedSessions.running(
          block -> {
            ran.add(block.code());
            return block.code().startsWith("answer=")
                ? ScriptedResult.answering(block.code().substring(7)).build()
                : ScriptedResult.printing("ran " + block.code()).build();
          });

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    assertThat(sessions.openNow()).isEqualTo(0);
    rig.close();
  }

  private static List<ChatMessage> request(ScriptedModel model, int index) {
    return model.requests().get(index).messages();
  }

  private static String last(List<ChatMessage> messages) {
    return messages.get(messages.size() - 1).content();
  }

  @Test
  void answersWithWhatTheCodeSet() throws InterruptedException {
    ScriptedModel root = ScriptedModel.saying("root", code("look"), code("answer=Ada"));

    RlmOutcome.Answered outcome = rig.answered(root, sessions);

    assertThat(outcome.answer()).isEqualTo("Ada");
    assertThat(outcome.stopReason()).isEqualTo(StopReason.ANSWERED);
    assertThat(outcome.cost().turns()).isEqualTo(2);
    assertThat(outcome.cost().usage().get("root").calls()).isEqualTo(2);
    assertThat(ran).containsExactly("look", "answer=Ada").inOrder();
  }

  @Test
  void opensTheConversationWithSystemQuestionAndTurn() throws InterruptedException {
    ScriptedModel root = ScriptedModel.saying("root", code("answer=Ada"));

    rig.answered(root, sessions);

    List<ChatMessage> messages = request(root, 0);
    assertThat(messages.stream().map(ChatMessage::role))
        .containsExactly(Role.SYSTEM, Role.USER, Role.USER)
        .inOrder();
    assertThat(messages.get(1).content())
        .startsWith(
            "Answer the following: Who wrote it?\n\nYour context is a `str` of 14 characters");
    assertThat(messages.get(2).content()).startsWith("Turn 1/30:\nYou have not seen the context");
  }

  @Test
  void showsTheOutputAndOpensTheNextTurn() throws InterruptedException {
    ScriptedModel root =
        ScriptedModel.saying("root", "I look." + "\n" + code("x"), code("answer="));

    rig.answered(root, sessions);

    List<ChatMessage> messages = request(root, 1);
    assertThat(messages.subList(3, 6))
        .containsExactly(
            ChatMessage.assistant("I look.\n" + code("x")),
            ChatMessage.user("REPL output:\n\nran x"),
            ChatMessage.user(
                "Turn 2/30:\nGo on with the next `repl` block, or set `answer` if you are sure."))
        .inOrder();
  }

  @Test
  void onlyEverAppends() throws InterruptedException {
    ScriptedModel root =
        ScriptedModel.saying("root", code("a"), "no code", code("b"), code("answer=x"));

    rig.answered(root, sessions);

    for (int i = 1; i < root.requests().size(); i++) {
      List<ChatMessage> before = request(root, i - 1);
      assertThat(request(root, i).subList(0, before.size())).isEqualTo(before);
    }
  }

  @Test
  void endsTheTurnAtTheFirstBlockThatAnswers() throws InterruptedException {
    ScriptedModel root =
        ScriptedModel.saying("root", code("a") + "\n" + code("answer=first") + "\n" + code("c"));

    RlmOutcome.Answered outcome = rig.answered(root, sessions);

    assertThat(outcome.answer()).isEqualTo("first");
    assertThat(ran).containsExactly("a", "answer=first").inOrder();
  }

  @Test
  void goesOnWithTheNextBlockAfterAnError() throws InterruptedException {
    ScriptedModel root =
        ScriptedModel.saying("root", code("bad") + "\n" + code("good"), code("end"));
    ScriptedSessions failing =
        ScriptedSessions.running(
            block ->
                block.code().equals("bad")
                    ? ScriptedResult.raising("ValueError", "no").build()
                    : ScriptedResult.answering("went on").build());

    assertThat(rig.answered(root, failing).answer()).isEqualTo("went on");
  }

  @Test
  void takesAnAnswerFromABlockThatThenRaised() throws InterruptedException {
    ScriptedModel root = ScriptedModel.saying("root", code("x"));
    ScriptedSessions raising =
        ScriptedSessions.running(
            block -> ScriptedResult.raising("ValueError", "late").answer(true, "42").build());

    assertThat(rig.answered(root, raising).answer()).isEqualTo("42");
  }

  @Test
  void takesTheAnswerOfTheLastTurn() throws InterruptedException {
    rig.settings = rig.settings.withMaxTurns(2);
    ScriptedModel root = ScriptedModel.saying("root", code("a"), code("answer=just in time"));

    RlmOutcome.Answered outcome = rig.answered(root, sessions);

    assertThat(outcome.answer()).isEqualTo("just in time");
    assertThat(outcome.stopReason()).isEqualTo(StopReason.ANSWERED);
    assertThat(last(request(root, 1))).contains("This is the last turn");
  }

  @Test
  void asksForTheAnswerWhenAllTurnsAreUsed() throws InterruptedException {
    rig.settings = rig.settings.withMaxTurns(2);
    ScriptedModel root =
        ScriptedModel.saying("root", code("a"), code("b"), "It is\n" + code("answer=not run"));

    RlmOutcome.Answered outcome = rig.answered(root, sessions);

    assertThat(outcome.answer()).isEqualTo("It is\n" + code("answer=not run"));
    assertThat(outcome.stopReason()).isEqualTo(StopReason.MAX_TURNS);
    assertThat(outcome.cost().turns()).isEqualTo(2);
    assertThat(outcome.cost().usage().get("root").calls()).isEqualTo(3);
    assertThat(request(root, 2)).hasSize(request(root, 1).size() + 3);
    assertThat(request(root, 2).get(request(root, 2).size() - 1).role()).isEqualTo(Role.USER);
    assertThat(last(request(root, 2))).contains("final answer");
    assertThat(ran).containsExactly("a", "b");
  }

  @Test
  void saysThatThereWasNoCode() throws InterruptedException {
    ScriptedModel root =
        ScriptedModel.saying("root", "It is Ada.", "```python\nx\n```", code("answer=x"));

    rig.answered(root, sessions);

    assertThat(last(request(root, 1))).startsWith("Turn 2/30:\nYour last message held no `repl`");
    assertThat(last(request(root, 2))).contains("not in a block marked `repl`");
  }

  @Test
  void forgetsANoteOnceItWasSaid() throws InterruptedException {
    ScriptedModel root = ScriptedModel.saying("root", "no code", code("a"), code("answer=x"));

    rig.answered(root, sessions);

    assertThat(last(request(root, 2))).doesNotContain("held no");
  }

  @Test
  void runsTheCompleteBlocksOfACutOffReplyAndSaysSo() throws InterruptedException {
    List<List<ChatMessage>> asked = new ArrayList<>();
    LanguageModel root =
        model(
            request -> {
              asked.add(request.messages());
              return asked.size() == 1
                  ? new ModelResponse(code("a") + "\n```repl\nb = 1", ModelUsage.NONE, true)
                  : new ModelResponse(code("answer=x"), ModelUsage.NONE, false);
            });

    rig.answered(root, sessions);

    assertThat(ran).containsExactly("a", "answer=x").inOrder();
    assertThat(last(asked.get(1))).contains("cut off at its length limit");
    assertThat(last(asked.get(1))).contains("never closed");
  }

  @Test
  void asksAgainAfterAnEmptyReply() throws InterruptedException {
    ScriptedModel root = ScriptedModel.saying("root", "", " \n", code("answer=x"));

    assertThat(rig.answered(root, sessions).answer()).isEqualTo("x");

    assertThat(last(request(root, 1))).startsWith("Turn 2/30:\nYour last reply was empty.");
    assertThat(request(root, 2).stream().map(ChatMessage::role)).doesNotContain(Role.ASSISTANT);
  }

  @Test
  void givesUpAfterThreeEmptyRepliesInARow() throws InterruptedException {
    ScriptedModel root = ScriptedModel.saying("root", "", "text", "", "", "");

    RlmOutcome.Failed outcome = rig.failed(root, sessions);

    assertThat(outcome.errorClass()).isEqualTo(FailureClass.MODEL_EMPTY);
    assertThat(outcome.stage()).isEqualTo(Stage.MODEL);
    assertThat(outcome.partialAnswer()).hasValue("text");
    assertThat(root.calls()).isEqualTo(5);
  }

  @Test
  void runsNothingMoreOfAReplyWhoseStateIsGone() throws InterruptedException {
    ScriptedModel root =
        ScriptedModel.saying("root", code("a") + "\n" + code("b"), code("answer=x"));
    ScriptedSessions dying =
        ScriptedSessions.running(
            block -> {
              ran.add(block.code());
              return block.code().equals("a")
                  ? ScriptedResult.ending(Outcome.EXITED).exit("code 3").restarted("n").build()
                  : ScriptedResult.answering("x").build();
            });

    rig.answered(root, dying);

    assertThat(ran).containsExactly("a", "answer=x").inOrder();
    String output = request(root, 1).get(4).content();
    assertThat(output).contains("The Python process ended: code 3.");
    assertThat(output).contains("These variables are lost: 'n'.");
    assertThat(output).endsWith("The block after it was not run, because the REPL was restarted.");
  }

  @Test
  void takesTheSizeOfAStreamedContextFromTheUpload() throws InterruptedException {
    rig.question =
        LoopRig.question(
            "Q?",
            new TextContext("context", "\uD83D\uDE00\uD83D\uDE00"),
            ContextShape.streamedText());
    ScriptedModel root = ScriptedModel.saying("root", code("answer=x"));

    rig.answered(root, sessions);

    assertThat(request(root, 0).get(1).content())
        .contains("Your context is a `str` of 2 characters");
  }

  private static LanguageModel model(ScriptedReply reply) {
    return new LanguageModel() {
      @Override
      public String name() {
        return "root";
      }

      @Override
      public ModelResponse generate(ModelRequest request) {
        return reply.to(request);
      }
    };
  }

  private interface ScriptedReply {
    ModelResponse to(ModelRequest request);
  }
}
