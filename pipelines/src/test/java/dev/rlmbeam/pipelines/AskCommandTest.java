package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rlmbeam.transforms.model.testing.ModelServer;
import dev.rlmbeam.transforms.model.testing.ServerReply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One question, asked as a person asks it: real files, real agent. */
@Timeout(90)
final class AskCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private Path output;

  @BeforeEach
  void nameOutput() {
    output = folder.resolve("out");
  }

  @Test
  void turnsGoToStderrAndTheAnswerAloneToStdout() throws IOException {
    CommandRun run = ask(text("a.txt", "The bridge was built by Ada. It rained."), "Who built it?");

    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
    assertThat(run.out()).isEqualTo("The bridge was built by Ada.\n");
    assertThat(run.err()).contains("not a language");
    assertThat(run.err()).contains("Turn 1");
    assertThat(run.err()).contains("First a look at the context.");
    assertThat(run.err()).contains("│ print(type(document).__name__, size)");
    assertThat(run.err()).contains("str 39");
    assertThat(run.err()).containsMatch("asks offline 1 prompt of \\d+ characters");
    assertThat(run.err()).containsMatch("\\d turns, 1 sub-call, ");
    assertThat(run.err()).endsWith(output + "\n");
  }

  @Test
  void severalDocumentsAreADictFromNameToText() throws IOException {
    String first = text("a.txt", "Quotes \" and\nlines.\tTabs. \u0000".replace("\u0000", ""));
    String second = text("b.txt", "Ünïcode 𝔸.");
    try (ModelServer server =
        ModelServer.start(
            call ->
                ServerReply.text(
                    "```repl\nanswer['content'] = repr(context)\nanswer['ready'] = True\n```"))) {
      CommandRun run =
          CommandRun.of(
              "ask",
              first,
              second,
              "What?",
              "--json",
              "--output=" + output,
              "--model=openai/scripted",
              "--modelBaseUrl=" + server.baseUrl(),
              "--localIsolation=none");

      JsonNode answer = JSON.readTree(run.out());
      assertThat(answer.path("answer").asText())
          .isEqualTo(
              "{'"
                  + first
                  + "': 'Quotes \" and\\nlines.\\tTabs. ', '"
                  + second
                  + "': 'Ünïcode 𝔸.'}");
      assertThat(answer.path("folder").asText()).isEqualTo(output.toString());
      assertThat(run.err()).isEmpty();
    }
    // What was put together for the run does not outlive it.
    assertThat(Files.exists(output.resolve(".contexts"))).isFalse();
  }

  @Test
  void standardInputIsADocument() throws IOException {
    List<Path> before = temporary();

    CommandRun run =
        CommandRun.reading("Ada wrote it.", "ask", "Who wrote it?", "--output=" + output);

    assertThat(run.out()).isEqualTo("Ada wrote it.\n");
    assertThat(temporary()).isEqualTo(before);
  }

  @Test
  void withoutADocumentOnATerminalItSaysHowItIsUsed() {
    CommandRun run =
        CommandRun.of(
            Interrupts.none(), new CommandRun.Screen(true, true, true, 80), "ask", "Who?");

    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains("There is no document: ./rlm ask FILE... 'QUESTION'");
  }

  @Test
  void anElementThatFailsIsSaidInRedWithItsClass() throws IOException {
    String file = text("a.txt", "Some text.");
    try (ModelServer server =
        ModelServer.start(call -> ServerReply.error(401, "invalid_api_key", "no such key"))) {
      CommandRun run =
          CommandRun.of(
              Interrupts.none(),
              new CommandRun.Screen(false, true, true, 100),
              "ask",
              file,
              "Who?",
              "--output=" + output,
              "--model=openai/scripted",
              "--modelBaseUrl=" + server.baseUrl(),
              "--localIsolation=none");

      assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).contains("MODEL_REFUSED");
      assertThat(run.err()).contains("\u001b[31m");
    }
  }

  @Test
  void whatCannotBeAskedIsRefusedBeforeAnythingIsMade() throws IOException {
    String good = text("a.txt", "Text.");
    assertRefused("There is no file " + folder + "/none.txt", folder + "/none.txt", "Who?");
    assertRefused(folder + " is a folder", folder.toString(), "Who?");
    assertRefused("is empty", text("empty.txt", ""), "Who?");
    assertRefused("the question stands last", "Who?", good);
    assertRefused("The question is empty", good, " ");
    Path binary = folder.resolve("b.bin");
    Files.write(binary, new byte[] {'a', 0, 'b'});
    assertRefused("is no text in UTF-8", binary.toString(), "Who?");
    Files.write(binary, new byte[] {'a', 'b', (byte) 0xff, 'c'});
    assertRefused("is no text in UTF-8 (byte 3)", binary.toString(), "Who?");
  }

  @Test
  void aTextThatIsNoUtf8FarBehindFailsBeforeTheModelIsAsked() throws IOException {
    Path late = folder.resolve("late.txt");
    byte[] bytes = "a".repeat(200_000).getBytes(StandardCharsets.UTF_8);
    bytes[150_000] = (byte) 0xff;
    Files.write(late, bytes);

    CommandRun run = ask(late.toString(), "Who?");

    assertThat(run.exitCode()).isEqualTo(ExitCode.TOO_MANY_FAILED);
    assertThat(run.err()).contains("CONTEXT_INVALID");
    assertThat(run.err()).contains("150000");
  }

  @Test
  void aCharacterThatLiesAcrossTheEndOfTheHeadIsText() throws IOException {
    CommandRun run = ask(text("a.txt", "a".repeat(65_535) + "é. Ada wrote it."), "Who wrote it?");

    assertThat(run.exitCode()).isEqualTo(ExitCode.DONE);
  }

  private void assertRefused(String message, String... words) {
    List<String> arguments = new ArrayList<>(List.of("ask"));
    arguments.addAll(List.of(words));
    arguments.add("--output=" + output);
    CommandRun run = CommandRun.of(arguments.toArray(new String[0]));
    assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(run.err()).contains(message);
    assertThat(Files.exists(output)).isFalse();
  }

  private CommandRun ask(String file, String question) {
    return CommandRun.of("ask", file, question, "--output=" + output);
  }

  private String text(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private static List<Path> temporary() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(file -> file.getFileName().toString().startsWith("rlm-ask-")).toList();
    }
  }
}
