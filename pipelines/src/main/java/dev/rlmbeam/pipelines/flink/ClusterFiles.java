package dev.rlmbeam.pipelines.flink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The files of a cluster's folder, and its configuration. Every value that is not Flink's own
 * default has its reason beside it in the file itself, for those who take it to a cluster of their
 * own.
 *
 * @param folder of the cluster
 */
record ClusterFiles(Path folder) {
  /** Of a task manager's heap, for Flink's own use. */
  static final int FRAMEWORK_MIB = 128;

  private static final String LOG4J =
      """
      rootLogger.level = INFO
      rootLogger.appenderRef.file.ref = File
      # It says of each step of each job that its name is long.
      logger.metrics.name = org.apache.flink.metrics.MetricGroup
      logger.metrics.level = ERROR
      appender.file.name = File
      appender.file.type = RollingFile
      appender.file.fileName = ${sys:log.file}
      appender.file.filePattern = ${sys:log.file}.%i
      appender.file.layout.type = PatternLayout
      appender.file.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %-5p %-60c %x - %m%n
      appender.file.policies.type = Policies
      appender.file.policies.size.type = SizeBasedTriggeringPolicy
      appender.file.policies.size.size = 100MB
      appender.file.strategy.type = DefaultRolloverStrategy
      appender.file.strategy.max = 3
      """;

  Path conf() {
    return folder.resolve("conf");
  }

  Path log() {
    return folder.resolve("log");
  }

  Path temporary() {
    return folder.resolve("tmp");
  }

  Path state() {
    return folder.resolve("cluster.json");
  }

  /** What is the same for all processes of the cluster. */
  void write(ClusterSettings settings, int restPort, int rpcPort) throws IOException {
    for (Path each : new Path[] {conf(), log(), temporary()}) {
      Files.createDirectories(each);
    }
    Files.writeString(conf().resolve("config.yaml"), config(settings, restPort, rpcPort));
    Files.writeString(conf().resolve("log4j.properties"), LOG4J);
  }

  private String config(ClusterSettings settings, int restPort, int rpcPort) {
    StringBuilder text = new StringBuilder();
    section(
        text,
        "One machine: nothing listens to another. Whoever can reach the page can run code here.",
        values(
            "jobmanager.rpc.address", "127.0.0.1",
            "jobmanager.bind-host", "127.0.0.1",
            "jobmanager.rpc.port", rpcPort,
            "rest.address", "127.0.0.1",
            "rest.bind-address", "127.0.0.1",
            "rest.port", restPort,
            "rest.bind-port", restPort,
            "taskmanager.host", "127.0.0.1",
            "taskmanager.bind-host", "127.0.0.1",
            "io.tmp.dirs", temporary()));
    section(
        text,
        "An RLM waits nearly all of its time, so a slot holds many elements in flight (maxInFlight is\n"
            + "# a task manager's, however many slots it has): few slots, spread over all task managers.",
        values(
            "taskmanager.numberOfTaskSlots",
            settings.slots(),
            "taskmanager.load-balance.mode",
            "SLOTS"));
    section(
        text,
        "Memory of a task manager. No script computes the rest from one number here.",
        values(
            "taskmanager.cpu.cores", "1.0",
            "taskmanager.memory.task.heap.size", (settings.heapMib() - FRAMEWORK_MIB) + "m",
            "taskmanager.memory.task.off-heap.size", "0m",
            "taskmanager.memory.framework.heap.size", FRAMEWORK_MIB + "m",
            "taskmanager.memory.framework.off-heap.size", FRAMEWORK_MIB + "m",
            "taskmanager.memory.managed.size", settings.managedMib() + "m",
            "taskmanager.memory.network.min", settings.networkMibInForce() + "m",
            "taskmanager.memory.network.max", settings.networkMibInForce() + "m",
            "taskmanager.memory.jvm-metaspace.size", "256m",
            "taskmanager.memory.jvm-overhead.min", "128m",
            "taskmanager.memory.jvm-overhead.max", "128m",
            "jobmanager.memory.process.size", (settings.jobManagerHeapMib() + 576) + "m"));
    section(
        text,
        "With Flink's 512 a shuffle takes more buffers than a small network memory has once all\n"
            + "# subtasks stand on one task manager, after the loss of another.",
        values("taskmanager.network.sort-shuffle.min-buffers", 64));
    section(
        text,
        "Otherwise Flink puts all elements of --useDataStreamForBatch on one subtask: it reckons by\n"
            + "# bytes, and ours are small and slow. It is read where a job is submitted.",
        values(LauncherConf.ADAPTIVE, false));
    section(
        text,
        "A task manager that is killed is missed within seconds; the delay lets that happen before\n"
            + "# work is given out again. Without a strategy the first loss fails the job.",
        values(
            "heartbeat.interval", 3000,
            "heartbeat.timeout", 20_000,
            "restart-strategy.type", "fixed-delay",
            "restart-strategy.fixed-delay.attempts", 5,
            "restart-strategy.fixed-delay.delay", "4 s",
            "slot.request.timeout", 30_000,
            "jobmanager.execution.failover-strategy", "region"));
    section(
        text,
        "The job's own libraries, not the cluster's.",
        values("classloader.resolve-order", "child-first"));
    return text.toString();
  }

  private static Map<String, Object> values(Object... pairs) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      values.put((String) pairs[i], pairs[i + 1]);
    }
    return values;
  }

  private static void section(StringBuilder text, String reason, Map<String, Object> values) {
    text.append("# ").append(reason).append('\n');
    text.append(
        values.entrySet().stream()
            .map(entry -> entry.getKey() + ": " + quoted(entry.getValue()) + "\n")
            .collect(Collectors.joining()));
    text.append('\n');
  }

  private static String quoted(Object value) {
    return value instanceof Path ? "'" + value.toString().replace("'", "''") + "'" : "" + value;
  }
}
