package dev.rlmbeam.pipelines.flink;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts the processes of a cluster. Each is in a session of its own, so that a terminal that is
 * closed, or a Ctrl-C in it, does not end it. They get this process's environment, and with it the
 * keys of models.
 *
 * @param files of the cluster
 * @param settings what it is to be like
 * @param parts where Flink is
 */
record ClusterStart(ClusterFiles files, ClusterSettings settings, FlinkParts parts) {
  // Those of Flink's own start scripts for Java 17.
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.net",
          "java.io",
          "java.nio",
          "sun.nio.ch",
          "java.lang.reflect",
          "java.text",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "java.util.concurrent.locks");
  private static final int METASPACE_MIB = 256;

  ClusterProcess jobManager() throws IOException {
    return start(
        "jobmanager",
        List.of("-Xmx" + settings.jobManagerHeapMib() + "m"),
        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
        List.of());
  }

  ClusterProcess taskManager(int number) throws IOException {
    int direct = ClusterFiles.FRAMEWORK_MIB + settings.networkMibInForce();
    return start(
        "taskmanager-" + number,
        List.of(
            "-Xmx" + settings.heapMib() + "m",
            "-XX:MaxDirectMemorySize=" + direct + "m",
            "-XX:MaxMetaspaceSize=" + METASPACE_MIB + "m"),
        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
        List.of("-D", "taskmanager.resource-id=tm" + number));
  }

  private ClusterProcess start(
      String name, List<String> flags, String mainClass, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
      command.add("/usr/bin/setsid");
    }
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(flags);
    command.add("-XX:+ExitOnOutOfMemoryError");
    OPENED.forEach(each -> command.add("--add-opens=java.base/" + each + "=ALL-UNNAMED"));
    command.add("-Dlog.file=" + files.log().resolve(name + ".log"));
    command.add("-Dlog4j.configurationFile=" + files.conf().resolve("log4j.properties").toUri());
    command.add("-cp");
    command.add(parts.lib() + "/*" + File.pathSeparator + parts.logging() + "/*");
    command.add(mainClass);
    command.addAll(List.of("--configDir", files.conf().toString()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(files.log().resolve(name + ".out").toFile());
    builder.environment().put("FLINK_CONF_DIR", files.conf().toString());
    // Beam's runner finds nothing there, and would search the working folder without it.
    builder.environment().put("FLINK_PLUGINS_DIR", files.folder().resolve("plugins").toString());
    return ClusterProcess.of(builder.start().toHandle());
  }
}
