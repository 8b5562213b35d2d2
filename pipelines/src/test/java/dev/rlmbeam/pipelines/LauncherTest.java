package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script, in a tree of its own, with programs that say what they were called with. */
@Timeout(60)
final class LauncherTest {
  private static final Path SCRIPT = Path.of("../rlm").toAbsolutePath();
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  @TempDir private Path folder;
  private Path home;
  private Path bin;

  /** What a call came to. */
  private record Outcome(int exit, String out, String err) {}

  @BeforeEach
  void makeTree() throws IOException {
    home = Files.createDirectories(folder.resolve("the home"));
    bin = Files.createDirectories(folder.resolve("bin"));
    Files.copy(SCRIPT, home.resolve("rlm"));
    for (String module :
        List.of(
            "sandbox", "sandbox/emulator", "transforms", "pipelines", "runners-config/direct")) {
      source(module + "/pom.xml");
    }
    source("pom.xml");
    source("sandbox/src/main/java/A.java");
    program(
        "java",
        "if [ \"$1\" = -version ]; then echo 'openjdk version \"17.0.1\"' >&2; exit; fi",
        "echo \"java in $PWD:\" \"$@\"",
        "exit 5");
    program(
        "mvn",
        "echo '[INFO] Building rlm-beam sandbox 0.1.0 [2/5]'",
        "echo \"$@\" >> " + folder.resolve("mvn-calls"),
        "mkdir -p runners-config/direct/target/lib");
  }

  @Test
  void buildsOnceAndThenOnlyWhenASourceIsNewer() throws Exception {
    Outcome first = call(home);
    Outcome second = call(home);
    Files.setLastModifiedTime(
        home.resolve("sandbox/src/main/java/A.java"), FileTime.from(Instant.now().plusSeconds(5)));
    Outcome third = call(home);

    assertThat(first.err()).contains("building rlm-beam sandbox (2/5)");
    assertThat(second.err()).isEmpty();
    assertThat(third.err()).contains("building");
    assertThat(Files.readAllLines(folder.resolve("mvn-calls"))).hasSize(2);
    assertThat(Files.readAllLines(folder.resolve("mvn-calls")).get(0))
        .isEqualTo(
            "-B -Dquick -DskipTests -Dmaven.test.skip=true package -pl runners-config/direct -am");
  }

  @Test
  void takesNoClassesAwayFromOneThatRuns() throws Exception {
    Path end = folder.resolve("end");
    assertThat(new ProcessBuilder("mkfifo", end.toString()).start().waitFor()).isEqualTo(0);
    call(home);
    program(
        "java",
        "if [ \"$1\" = -version ]; then echo 'openjdk version \"17.0.1\"' >&2; exit; fi",
        "echo working",
        "read -r word < " + end);
    Process running = builder(home.resolve("rlm"), home, Map.of(), "run").start();
    try (BufferedReader said = running.inputReader(StandardCharsets.UTF_8)) {
      assertThat(said.readLine()).isEqualTo("working");
      Files.setLastModifiedTime(
          home.resolve("sandbox/src/main/java/A.java"),
          FileTime.from(Instant.now().plusSeconds(5)));

      Files.delete(bin.resolve("java")); // the one that runs reads on from it
      program("java", "echo 'openjdk version \"17\"' >&2", "echo java \"$@\"");
      Outcome beside = call(home);
      Files.writeString(end, "over\n");
      assertThat(running.waitFor()).isEqualTo(0);
      Outcome later = call(home);

      assertThat(beside.err()).contains("another ./rlm is at work with what was built before");
      assertThat(beside.out()).contains("dev.rlmbeam.pipelines.Main");
      assertThat(later.err()).contains("building");
      assertThat(Files.readAllLines(folder.resolve("mvn-calls"))).hasSize(2);
    } finally {
      running.destroyForcibly();
    }
  }

  @Test
  void startsWhatIsBuiltThoughItsLocksAreSomebodyElses() throws Exception {
    call(home);
    Path lock = home.resolve("target/.build-lock");
    Files.delete(lock);
    Files.createDirectory(lock); // as little to be opened for writing, for root too

    Outcome outcome = call(home);

    assertThat(outcome.exit()).isEqualTo(5);
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void handsOverArgumentsFolderAndExitCode() throws Exception {
    Outcome outcome = call(folder, "run", "--query=Who is 'it'?");

    assertThat(outcome.exit()).isEqualTo(5);
    assertThat(outcome.out()).startsWith("java in " + folder.toRealPath() + ":");
    assertThat(outcome.out())
        .contains(
            "-cp "
                + home.toRealPath()
                + "/runners-config/direct/target/lib/* dev.rlmbeam.pipelines.Main run"
                + " --query=Who is 'it'?");
  }

  @Test
  void takesTheClassPathOfTheRunnerThatIsNamed() throws Exception {
    Path config = Files.writeString(folder.resolve("job.yaml"), "limit: 3\nrunner: FlinkRunner\n");
    String flink = home.toRealPath() + "/runners-config/flink/target/rlm-beam-flink.jar:";

    assertThat(call(home, "run", "--runner=flink").out()).contains("-cp " + flink);
    assertThat(call(home, "run", "--runner", "FlinkRunner").out()).contains("-cp " + flink);
    assertThat(call(home, "run", "--config=" + config).out()).contains("-cp " + flink);
    assertThat(call(home, "flink", "status").out()).contains("-cp " + flink);
    assertThat(call(home, "run", "--runner=DataflowRunner").out())
        .contains("-cp " + home.toRealPath() + "/runners-config/dataflow/target/lib/*");
    assertThat(call(home, "run", "--config=" + config, "--runner=direct").out())
        .doesNotContain(flink);
    assertThat(Files.readAllLines(folder.resolve("mvn-calls")).get(0))
        .endsWith("-pl runners-config/flink,runners-config/flink/cluster -am");
  }

  @Test
  void worksThroughALinkFromAnywhere() throws Exception {
    Path link = Files.createSymbolicLink(bin.resolve("rlm"), Path.of("../the home/rlm"));

    Outcome outcome = callProgram(link, folder, Map.of(), "help");

    assertThat(outcome.out()).contains(home.toRealPath() + "/runners-config/direct/target/lib/*");
  }

  @Test
  void passesFlagsToTheJvm() throws Exception {
    Outcome outcome =
        callProgram(home.resolve("rlm"), home, Map.of("RLM_JAVA_OPTS", "-Xmx1g -Da=b"), "run");

    assertThat(outcome.out()).contains(" -Xmx1g -Da=b -cp ");
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Files.delete(bin.resolve("mvn"));
    Outcome noMaven = call(home);
    Files.delete(bin.resolve("java"));
    Outcome noJava = call(home);

    assertThat(noMaven.exit()).isEqualTo(2);
    assertThat(noMaven.err()).contains("There is no mvn on the PATH");
    assertThat(noJava.exit()).isEqualTo(2);
    assertThat(noJava.err()).contains("Install a JDK 17");
  }

  @Test
  void refusesAJavaThatIsTooOld() throws Exception {
    program("java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");

    Outcome outcome = call(home);

    assertThat(outcome.exit()).isEqualTo(2);
    assertThat(outcome.err()).contains("is Java 11; rlm-beam needs 17 or newer");
  }

  @Test
  void showsWhyABuildFailedAndTriesAgainTheNextTime() throws Exception {
    program("mvn", "echo '[INFO] much'", "echo '[ERROR] A.java:3 is wrong'", "exit 1");

    Outcome failed = call(home);
    Outcome again = call(home);

    assertThat(failed.exit()).isEqualTo(1);
    assertThat(failed.err()).contains("[ERROR] A.java:3 is wrong");
    assertThat(failed.err()).contains("build.log");
    assertThat(again.exit()).isEqualTo(1);
  }

  private Outcome call(Path directory, String... arguments) throws Exception {
    return callProgram(home.resolve("rlm"), directory, Map.of(), arguments);
  }

  private Outcome callProgram(
      Path program, Path directory, Map<String, String> environment, String... arguments)
      throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    int exit =
        builder(program, directory, environment, arguments)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    return new Outcome(
        exit,
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }

  private ProcessBuilder builder(
      Path program, Path directory, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of("/bin/bash", program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().remove("JAVA_HOME");
    // Only what every system has, so that a program that is taken away is really gone.
    builder.environment().put("PATH", bin + ":" + systemPrograms());
    builder.environment().putAll(environment);
    return builder;
  }

  private Path systemPrograms() throws IOException {
    Path programs = folder.resolve("system");
    if (!Files.exists(programs)) {
      Files.createDirectory(programs);
      for (String name :
          List.of(
              "readlink",
              "dirname",
              "sed",
              "find",
              "mkdir",
              "mktemp",
              "rm",
              "mv",
              "tee",
              "grep",
              "tail",
              "tput",
              "flock")) {
        for (String place : List.of("/usr/bin/", "/bin/")) {
          if (Files.exists(Path.of(place + name))) {
            script(programs.resolve(name), "exec " + place + name + " \"$@\"");
            break;
          }
        }
      }
    }
    return programs;
  }

  private void source(String name) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "");
    for (Path path = file; !path.equals(home); path = path.getParent()) {
      Files.setLastModifiedTime(path, FileTime.from(LONG_AGO));
    }
  }

  private void program(String name, String... lines) throws IOException {
    script(bin.resolve(name), lines);
  }

  private static void script(Path file, String... lines) throws IOException {
    Files.writeString(file, "#!/bin/bash\n" + String.join("\n", lines) + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
