package dev.rlmbeam.sandbox.local;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rlmbeam.sandbox.AgentProgram;
import dev.rlmbeam.sandbox.SandboxException;
import dev.rlmbeam.sandbox.SandboxSetupException;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.fixtures.Leftovers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Starts that come to nothing. */
@Timeout(60)
final class LocalLaunchTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @AfterEach
  void nothingIsLeft() throws Exception {
    assertThat(Files.exists(folder.resolve("sb"))).isFalse();
    assertThat(Leftovers.within(TIMEOUT, () -> Leftovers.processes().isEmpty())).isTrue();
  }

  /** A sandbox whose Python does this in place of the agent. */
  private LocalLaunch launch(String script) throws IOException {
    Path python = Files.writeString(folder.resolve("python3"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwxr-xr-x"));
    PythonFiles none = PythonFiles.of(List.of(), List.of(), List.of());
    LocalSetup setup =
        new LocalSetup(
            new PythonRuntime(python, "3.11.2", none, false),
            false,
            false,
            false,
            Optional.empty(),
            Optional.empty());
    return new LocalLaunch(
        "sb-x", setup, folder.resolve("sb"), SandboxSpec.defaults(), SandboxToken.random());
  }

  @Test
  void anAgentThatEndsAtOnceIsQuoted() throws Exception {
    LocalLaunch launch = launch("echo 'no room for me' >&2; exit 9");
    Process process = launch.start(AgentProgram.load());

    SandboxException e = assertThrows(SandboxException.class, () -> launch.awaitReady(TIMEOUT));

    assertThat(e.retryable()).isTrue();
    assertThat(e).hasMessageThat().contains("sandbox sb-x did not start: ");
    assertThat(e).hasMessageThat().contains("no room for me");
    launch.undo();
    assertThat(process.exitValue()).isEqualTo(9);
  }

  @Test
  void anAgentThatCannotWorkHereIsHopeless() throws Exception {
    LocalLaunch launch = launch("echo '{\"ready\": false, \"error\": \"no /dev/null\"}'; exit 2");
    Process unused = launch.start(AgentProgram.load());

    SandboxSetupException e =
        assertThrows(SandboxSetupException.class, () -> launch.awaitReady(TIMEOUT));

    assertThat(e).hasMessageThat().contains("no /dev/null");
    launch.undo();
  }

  @Test
  void anAgentThatSaysNothingIsGivenUp() throws Exception {
    LocalLaunch launch = launch("exec sleep 600");
    Process process = launch.start(AgentProgram.load());

    SandboxException e =
        assertThrows(SandboxException.class, () -> launch.awaitReady(Duration.ofMillis(200)));

    assertThat(e.retryable()).isTrue();
    assertThat(e).hasMessageThat().contains("sandbox sb-x is not ready after PT0.2S");
    launch.undo();
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void aStartThatNobodyWaitsForUndoesItself() throws Exception {
    LocalLaunch launch = launch("exec sleep 600");
    launch.abandon();

    assertThrows(IOException.class, () -> launch.start(AgentProgram.load()));
  }
}
