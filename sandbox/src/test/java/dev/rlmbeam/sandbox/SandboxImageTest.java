package dev.rlmbeam.sandbox;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What images are asked for. */
final class SandboxImageTest {
  private @TempDir Path folder;

  private static List<String> last(SandboxImage image) {
    return image.layers().get(image.layers().size() - 1).commands();
  }

  @Test
  void theDefaultImageIsPinnedAndStandsOnOneThatEverybodyShares() {
    List<SandboxImage.Layer> layers = SandboxImage.defaultImage().layers();

    assertThat(layers.get(0).commands().get(0)).isEqualTo("FROM python:3.11.12-slim-bookworm");
    assertThat(layers.get(0).shared()).isTrue();
    assertThat(layers.get(1).commands().get(2))
        .isEqualTo("RUN apt-get install -y build-essential curl git");
    String pip = layers.get(2).commands().get(1);
    assertThat(pip).startsWith("RUN python3 -m pip install ");
    assertThat(pip.substring(pip.indexOf("install ") + 8)).matches("([a-z]+==[0-9.]+ ?){10}");
    assertThat(layers.stream().skip(1).map(SandboxImage.Layer::shared)).doesNotContain(true);
  }

  @Test
  void theSamePackagesAreTheSameLayer() {
    SandboxImage image = SandboxImage.debianSlim("3.12");

    assertThat(image.pipInstall("b", "a")).isEqualTo(image.pipInstall("a", "b"));
    assertThat(image.pipInstall("a")).isNotEqualTo(image.pipInstall("b"));
  }

  @Test
  void whatTheShellWouldReadOtherwiseIsQuoted() {
    assertThat(last(SandboxImage.debianSlim("3.11").pipInstall("pkg[extra]>=1,<2")).get(1))
        .isEqualTo("RUN python3 -m pip install 'pkg[extra]>=1,<2'");
    assertThat(last(SandboxImage.debianSlim("3.11").pipInstall("numpy<3", "dill", "xlrd")).get(1))
        .isEqualTo("RUN python3 -m pip install dill 'numpy<3' xlrd");
    assertThat(last(SandboxImage.debianSlim("3.11").env(Map.of("A", "it's"))).get(1))
        .isEqualTo("ENV A='it'\"'\"'s'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nRUN evil", " ", ""})
  void nothingCanBeginAnotherCommand(String text) {
    SandboxImage image = SandboxImage.debianSlim("3.11");

    assertThrows(IllegalArgumentException.class, () -> image.pipInstall(text));
    assertThrows(IllegalArgumentException.class, () -> image.aptInstall(text));
    assertThrows(IllegalArgumentException.class, () -> image.runCommands(text));
    assertThrows(IllegalArgumentException.class, () -> image.env(Map.of("A", text)));
    assertThrows(IllegalArgumentException.class, () -> SandboxImage.fromRegistry(text));
  }

  @Test
  void aPythonThatThereIsNotIsNamedWithThoseThereAre() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> SandboxImage.debianSlim("2.7"));

    assertThat(e).hasMessageThat().contains("3.11");
  }

  @Test
  void aFileTravelsWithItsLayer() throws Exception {
    Path tools = Files.writeString(folder.resolve("tools.py"), "print(1)");

    SandboxImage.Layer layer =
        SandboxImage.fromRegistry("python:3.12-slim")
            .copyFile(tools, "/opt/tools.py")
            .layers()
            .get(1);

    assertThat(layer.commands()).containsExactly("FROM base", "COPY /opt/tools.py /opt/tools.py");
    assertThat(new String(layer.files().get(0).bytes(), StandardCharsets.UTF_8))
        .isEqualTo("print(1)");
    assertThrows(
        IllegalArgumentException.class,
        () -> SandboxImage.defaultImage().copyFile(folder.resolve("none"), "/x"));
    assertThrows(
        IllegalArgumentException.class, () -> SandboxImage.defaultImage().copyFile(tools, "x"));
  }

  @Test
  void aDockerfileBringsWhatItCopies() throws Exception {
    Files.writeString(folder.resolve("requirements.txt"), "six\n");
    Files.createDirectories(folder.resolve("lib/deep"));
    Files.writeString(folder.resolve("lib/deep/a.py"), "a");
    Path file =
        Files.writeString(
            folder.resolve("Dockerfile"),
            """
            # comment
            ARG V=3.12
            FROM python:3.12-slim
            COPY requirements.txt /r.txt
            COPY lib/ /lib/
            COPY --from=other /a /b
            RUN pip install \\
                -r /r.txt
            """);

    SandboxImage.Layer layer = SandboxImage.fromDockerfile(file).layers().get(0);

    assertThat(layer.commands().get(5)).isEqualTo("RUN pip install  -r /r.txt");
    assertThat(layer.files().stream().map(ImageFile::path))
        .containsExactly("/requirements.txt", "/lib/deep/a.py");
  }

  @Test
  void aDockerfileThatCannotBeMeantNamesTheLine() throws Exception {
    Path file = folder.resolve("Dockerfile");
    Files.writeString(file, "FROM x\n\nCOPY ../secret /s\n");
    assertThat(refusal(file)).contains("Dockerfile:3");
    Files.writeString(file, "FROM x\nCOPY missing /s\n");
    assertThat(refusal(file)).contains("Dockerfile:2: there is no file");
    Files.writeString(file, "RUN x\n");
    assertThat(refusal(file)).contains("Dockerfile:1: a Dockerfile begins with FROM");
    Files.writeString(file, "# nothing\n");
    assertThat(refusal(file)).contains("has no FROM");
    assertThat(refusal(folder.resolve("nowhere"))).contains("cannot be read");
  }

  private static String refusal(Path file) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> SandboxImage.fromDockerfile(file))
            .getMessage());
  }
}
