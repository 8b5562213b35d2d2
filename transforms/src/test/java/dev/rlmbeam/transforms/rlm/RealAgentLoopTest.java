package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;
import static dev.rlmbeam.transforms.rlm.LoopRig.code;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.sandbox.local.LocalOptions;
import dev.rlmbeam.sandbox.local.LocalSandboxes;
import dev.rlmbeam.sandbox.pool.PoolOptions;
import dev.rlmbeam.sandbox.pool.SessionPool;
import dev.rlmbeam.sandbox.repl.ContextSource;
import dev.rlmbeam.transforms.model.ChatMessage;
import dev.rlmbeam.transforms.model.ModelException;
import dev.rlmbeam.transforms.model.ModelException.Kind;
import dev.rlmbeam.transforms.model.testing.ScriptedModel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The turn loop with real code in real sessions of the real agent; only the models are scripted.
 */
@Timeout(60)
class RealAgentLoopTest {
  private static LocalSandboxes sandboxes;
  private static SessionPool pool;

  private final LoopRig rig = new LoopRig();

  @BeforeAll
  static void openPool() throws InterruptedException {
    sandboxes = LocalSandboxes.create(LocalOptions.defaults().withPlainAllowed(true));
    pool = SessionPool.over(sandboxes, PoolOptions.defaults());
  }

  @AfterAll
  static void closePool() {
    pool.close();
    sandboxes.close();
  }

  @BeforeEach
  void useTheRealClock() {
    rig.clock = Clock.systemUTC();
    rig.settings = rig.settings.withElementTimeout(Duration.ofSeconds(50));
  }

  @AfterEach
  void closeRig() throws InterruptedException {
    rig.close();
  }

  private static ScriptedModel saying(String... blocks) {
    return ScriptedModel.saying(
        "root", List.of(blocks).stream().map(LoopRig::code).toArray(String[]::new));
  }

  private String answer(String... blocks) throws InterruptedException {
    return rig.answered(saying(blocks), pool).answer();
  }

  /** What the root model was shown of its last turn but one. */
  private String shown(String... blocks) throws InterruptedException {
    ScriptedModel root = saying(blocks);
    RlmOutcome.Answered unused = rig.answered(root, pool);
    List<ChatMessage> messages = root.requests().get(root.requests().size() - 1).messages();
    return messages.get(messages.size() - 2).content();
  }

  private static final String DONE = "answer['ready'] = True";

  @Test
  void loadsAnyTextExactly() throws Exception {
    String text =
        "\"quotes\" 'and' \"\"\"triple\"\"\" \\ back\r\nCRLF\n\rNUL\0 é 한글 \uD83D\uDE00 end\"";
    rig.question = LoopRig.question("Q?", text);

    String said =
        answer(
            "import hashlib\n"
                + "answer['content'] = hashlib.sha256(context.encode()).hexdigest()"
                + " + ' %d' % len(context)\n"
                + DONE);

    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    assertThat(said).isEqualTo(hash + " " + text.codePointCount(0, text.length()));
  }

  @Test
  void anEmptyContextFailsBeforeAnyModelIsAsked() throws InterruptedException {
    rig.question = LoopRig.question("Q?", "");
    ScriptedModel root = saying(DONE);

    RlmOutcome.Failed failed = (RlmOutcome.Failed) rig.run(root, pool);

    assertThat(failed.errorClass()).isEqualTo(FailureClass.CONTEXT_INVALID);
    assertThat(failed.message()).contains("empty");
    assertThat(root.calls()).isEqualTo(0);
  }

  @Test
  void loadsListsAndObjectsAsPythonValues() throws Exception {
    for (String json :
        List.of("[1, \"a\\u0000\", {\"b\": [null, true, 2.5]}]", "{\"k\": \"\uD83D\uDE00\"}")) {
      rig.question =
          LoopRig.question(
              "Q?",
              new TextContext("context", json, ContextSource.Type.JSON),
              ContextShape.ofJson(new JsonFactory().createParser(json)));

      String said = answer("import json\nanswer['content'] = json.dumps(context)\n" + DONE);

      assertThat(new ObjectMapper().readTree(said)).isEqualTo(new ObjectMapper().readTree(json));
    }
  }

  @Test
  void readsTheAnswerAtTheEndOfTheBlock() throws InterruptedException {
    assertThat(answer(DONE + "\nanswer['content'] = 'late'")).isEqualTo("late");
    assertThat(answer("answer.update(ready=True, content=42)")).isEqualTo("42");
    assertThat(answer("answer = {'content': 'rebound', 'ready': True}")).isEqualTo("rebound");
    assertThat(answer("answer['content'] = 'kept'\n" + DONE + "\n1 / 0")).isEqualTo("kept");
  }

  @Test
  void keepsStateAcrossBlocksWhateverItIsMadeOf() throws InterruptedException {
    assertThat(
            answer(
                "def f(): return x\n_hidden = (n for n in [7])",
                "x = 1\n1 / 0",
                "answer['content'] = f() + next(_hidden)\n" + DONE))
        .isEqualTo("8");
  }

  @Test
  void showsOutputErrorsAndVariables() throws InterruptedException {
    String output = shown("import re\nchunks = []\nprint('hello')\nraise KeyError('k')", DONE);

    assertThat(output).startsWith("REPL output:\n\nhello\n\n\n\nTraceback");
    assertThat(output).contains("raise KeyError('k')");
    assertThat(output).endsWith("KeyError: 'k'\n\nREPL variables: ['chunks']\n");
  }

  @Test
  void showsWarningsWithoutCallingThemErrors() throws InterruptedException {
    String output = shown("import warnings\nwarnings.warn('old thing')\nprint('on')", DONE);

    assertThat(output).contains("UserWarning: old thing");
    assertThat(output).doesNotContain("Traceback");
  }

  @Test
  void listsVariablesOnRequest() throws InterruptedException {
    assertThat(shown("n = 3\nprint(SHOW_VARS())", DONE)).contains("'n': 'int'");
  }

  @Test
  void stopsABlockThatRunsTooLongAndKeepsItsState() throws InterruptedException {
    rig.settings = rig.settings.withBlockTimeout(Duration.ofMillis(500));

    ScriptedModel root = saying("n = 3\nwhile True: pass", "answer['content'] = n\n" + DONE);

    assertThat(rig.answered(root, pool).answer()).isEqualTo("3");
    assertThat(root.requests().get(1).messages().get(4).content())
        .contains("The block was stopped because it ran longer than 500 ms.");
  }

  @Test
  void goesOnInARestartedReplWithContextAndSetup() throws InterruptedException {
    rig.settings = rig.settings.withSetupCode("base = 40");
    ScriptedModel root =
        saying(
            "notes = ['a']\nanswer['content'] = 'early'",
            "import os\nos._exit(3)",
            "answer['content'] = (base + 2, context[:6], 'notes' in globals())\n" + DONE);

    assertThat(rig.answered(root, pool).answer()).isEqualTo("(42, 'A text', False)");
    String output = root.requests().get(2).messages().get(7).content();
    assertThat(output).contains("The Python process ended: code 3.");
    assertThat(output).contains("The REPL was restarted");
    assertThat(output).contains("These variables are lost: 'notes'.");
  }

  @Test
  void failsForSetupCodeThatRaises() throws InterruptedException {
    rig.settings = rig.settings.withSetupCode("x = 1\nimport no_such_module");
    ScriptedModel root = saying(DONE);

    RlmOutcome.Failed outcome = rig.failed(root, pool);

    assertThat(outcome.errorClass()).isEqualTo(FailureClass.SETUP_FAILED);
    assertThat(outcome.message()).contains("line 2");
    assertThat(outcome.message()).contains("No module named 'no_such_module'");
    assertThat(root.calls()).isEqualTo(0);
  }

  @Test
  void asksTheSubModelFromTheCode() throws InterruptedException {
    rig.sub =
        ScriptedModel.answering("sub", r -> r.messages().get(0).content().toUpperCase(Locale.ROOT));

    RlmOutcome.Answered outcome =
        rig.answered(
            saying(
                "one = llm_query('a')",
                "many = llm_query_batched(['b', 'c', 'd'])",
                "answer['content'] = one + ''.join(many) + str(llm_query_batched([]))\n" + DONE),
            pool);

    assertThat(outcome.answer()).isEqualTo("ABCD[]");
    assertThat(outcome.cost().subCalls()).isEqualTo(4);
  }

  @Test
  void givesTheCodeTheReferencesErrorStrings() throws InterruptedException {
    rig.sub =
        ScriptedModel.answering(
            "sub",
            request -> {
              throw new ModelException(Kind.UNAVAILABLE, 503, "503");
            });

    assertThat(
            answer(
                "answer['content'] = [llm_query('a'), llm_query(''), llm_query_batched(['b'])]\n"
                    + DONE))
        .isEqualTo(
            "['Error: LM query failed - 503', \"Error: Missing 'prompt' or 'prompts' in request.\","
                + " ['Error: llm() call failed - 503']]");
  }

  @Test
  void endsCodeThatAsksForEverWhenTheServiceRefuses() throws InterruptedException {
    rig.sub =
        ScriptedModel.answering(
            "sub",
            request -> {
              throw new ModelException(Kind.REFUSED, 401, "wrong key");
            });

    RlmOutcome.Failed outcome = rig.failed(saying("while True: llm_query('a')"), pool);

    assertThat(outcome.errorClass()).isEqualTo(FailureClass.MODEL_REFUSED);
    assertThat(outcome.cost().elapsed()).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void endsAtTheDeadlineWithWhatTheCodeHadSet() throws InterruptedException {
    rig.settings = rig.settings.withElementTimeout(Duration.ofSeconds(5));

    ScriptedModel root = saying("answer['content'] = 'half'", "while True: pass");
    RlmOutcome.Failed outcome = rig.failed(root, pool);

    assertWithMessage("after %s", root.requests().get((int) root.calls() - 1).messages())
        .that(outcome.errorClass())
        .isEqualTo(FailureClass.DEADLINE);
    assertThat(outcome.partialAnswer()).hasValue("half");
    assertThat(outcome.cost().elapsed()).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void runsAWholeReplyOfSeveralBlocks() throws InterruptedException {
    ScriptedModel root =
        ScriptedModel.saying(
            "root", code("a = 2") + "\nthen\n" + code("answer['content'] = a\n" + DONE));

    assertThat(rig.answered(root, pool).answer()).isEqualTo("2");
  }
}
