package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;

import java.util.List;

/** Sends signals as a shell does. */
final class Signals {
  private Signals() {}

  static void send(String signal, Process process) throws Exception {
    send(signal, String.valueOf(process.pid()));
  }

  /** To all processes of a terminal. */
  static void sendToGroup(String signal, Process leader) throws Exception {
    send(signal, "-" + leader.pid());
  }

  static void send(String signal, List<ProcessHandle> processes) throws Exception {
    for (ProcessHandle process : processes) {
      send(signal, String.valueOf(process.pid()));
    }
  }

  private static void send(String signal, String target) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + signal, "--", target).start().waitFor())
        .isEqualTo(0);
  }
}
