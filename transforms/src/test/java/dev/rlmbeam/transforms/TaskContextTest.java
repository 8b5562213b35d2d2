package dev.rlmbeam.transforms;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.repl.ContextException;
import dev.rlmbeam.sandbox.repl.ContextSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Contexts that are read on the worker. */
class TaskContextTest {
  @TempDir private Path folder;

  @BeforeAll
  static void registerFileSystems() {
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  @Test
  void readsTheFileThatIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("a b.txt"), "text");

    try (InputStream in = at(file.toString()).open()) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("text");
    }
  }

  @Test
  void jsonOfAFileIsMeasuredLikeThatOfARow() throws IOException {
    String json = "{\"a\": \"\uD83D\uDE00x\", \"b\": [1, 2]}";
    Path file = Files.writeString(folder.resolve("c.json"), json);

    TaskContext ofFile = new TaskContext(new RlmContext.Ref(file.toString(), -1, true));

    assertThat(ofFile.type()).isEqualTo(ContextSource.Type.JSON);
    assertThat(ofFile.shape()).isEqualTo(new TaskContext(RlmContext.json(json)).shape());
  }

  @Test
  void jsonOfAFileThatIsNoneIsSaidWithItsPlace() throws IOException {
    Path file = Files.writeString(folder.resolve("c.json"), "{\"a\": ");
    TaskContext context = new TaskContext(new RlmContext.Ref(file.toString(), -1, true));

    ContextException e = assertThrows(ContextException.class, context::shape);

    assertThat(e).hasMessageThat().contains("not JSON");
  }

  @Test
  void aPatternIsNoContext() throws IOException {
    Files.writeString(folder.resolve("one.txt"), "1");

    IOException e = assertThrows(IOException.class, () -> at(folder + "/*.txt").open());

    assertThat(e).hasMessageThat().contains("is a pattern");
  }

  @Test
  void aFolderOrADeviceIsNoContext() {
    IOException e = assertThrows(IOException.class, () -> at("/dev/zero").open());

    assertThat(e).hasMessageThat().contains("/dev/zero is no regular file");
  }

  @Test
  void aMissingFileAndAnUnknownSchemeAreSaid() {
    assertThat(assertThrows(IOException.class, () -> at(folder + "/none.txt").open()))
        .hasMessageThat()
        .contains("there is no file at");
    assertThat(assertThrows(IOException.class, () -> at("s3://bucket/object").open()))
        .hasMessageThat()
        .contains("of a kind that this build cannot read; give --addOns=s3,");
  }

  @Test
  @Timeout(20)
  void aNumberThatPythonWouldNotReadIsSaidAndCostsNoTime() {
    TaskContext context = new TaskContext(RlmContext.json("[" + "7".repeat(3_000_000) + "]"));

    ContextException e = assertThrows(ContextException.class, context::shape);

    assertThat(e).hasMessageThat().contains("the context is not JSON");
    assertThat(e).hasMessageThat().contains("4300");
  }

  @Test
  void anInlineContextIsEncodedOnce() throws IOException {
    TaskContext context = new TaskContext(RlmContext.text("é😀"));

    assertThat(context.open().readAllBytes()).isEqualTo("é😀".getBytes(StandardCharsets.UTF_8));
    assertThat(context.sha256()).isPresent();
    assertThat(context.shape().characters()).hasValue(2);
  }

  private static TaskContext at(String uri) {
    return new TaskContext(RlmContext.at(uri));
  }
}
