package dev.rlmbeam.sandbox;

import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a sandbox is to be like. Immutable.
 *
 * @param timeout longest life, default 600 s (the reference's {@code timeout})
 * @param lease the agent ends the sandbox when it was not polled for so long; 3 s to 10 min,
 *     default 60 s
 * @param grace from the interrupt of an overdue code block to its kill; 0 to 60 s, default 2 s
 * @param sessionMemoryMib memory of one session, in MiB, plus four times its contexts; 64 or more,
 *     default 2048
 * @param diskMib what a sandbox may write, in MiB, where that can be limited; in a local sandbox it
 *     is memory of this machine, and up to 256 MiB of shared memory and the contexts come on top of
 *     it; 16 or more, default 1024
 * @param outputBytes kept of stdout and of stderr of one code block; 1,024 or more, default 262,144
 * @param environment variables for the code in the sandbox; no keys belong here
 * @param cloud what is asked of a cloud for it; local sandboxes pass over it
 */
public record SandboxSpec(
    Duration timeout,
    Duration lease,
    Duration grace,
    int sessionMemoryMib,
    int diskMib,
    int outputBytes,
    Map<String, String> environment,
    CloudSpec cloud)
    implements Serializable {

  /** Tag of a cloud's sandbox: the run that it belongs to. */
  public static final String RUN_TAG = "rlm-run";

  /** Tag of a cloud's sandbox: the job that it belongs to. */
  public static final String JOB_TAG = "rlm-job";

  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  public SandboxSpec {
    environment = Map.copyOf(environment);
    require(!timeout.isNegative() && !timeout.isZero(), "timeout must be > 0, but was %s", timeout);
    require(
        lease.compareTo(Duration.ofSeconds(3)) >= 0 && lease.compareTo(Duration.ofMinutes(10)) <= 0,
        "lease must be 3 s to 10 min, but was %s",
        lease);
    require(
        !grace.isNegative() && grace.compareTo(Duration.ofMinutes(1)) <= 0,
        "grace must be 0 to 60 s, but was %s",
        grace);
    require(sessionMemoryMib >= 64, "sessionMemoryMib must be >= 64, but was %s", sessionMemoryMib);
    require(diskMib >= 16, "diskMib must be >= 16, but was %s", diskMib);
    require(outputBytes >= 1024, "outputBytes must be >= 1024, but was %s", outputBytes);
    environment.forEach(SandboxSpec::requireVariable);
  }

  /** All defaults. */
  public static SandboxSpec defaults() {
    return new SandboxSpec(
        Duration.ofSeconds(600),
        Duration.ofSeconds(60),
        Duration.ofSeconds(2),
        2048,
        1024,
        262_144,
        Map.of(),
        CloudSpec.defaults());
  }

  /** The same with another life. */
  public SandboxSpec withTimeout(Duration newTimeout) {
    return new SandboxSpec(
        newTimeout, lease, grace, sessionMemoryMib, diskMib, outputBytes, environment, cloud);
  }

  /** The same with other variables for the code in it. */
  public SandboxSpec withEnvironment(Map<String, String> newEnvironment) {
    return new SandboxSpec(
        timeout, lease, grace, sessionMemoryMib, diskMib, outputBytes, newEnvironment, cloud);
  }

  /** The same with something else asked of a cloud. */
  public SandboxSpec withCloud(CloudSpec newCloud) {
    return new SandboxSpec(
        timeout, lease, grace, sessionMemoryMib, diskMib, outputBytes, environment, newCloud);
  }

  /** The same with one more tag in a cloud. */
  public SandboxSpec withTag(String name, String value) {
    Map<String, String> tags = new HashMap<>(cloud.tags());
    tags.put(name, value);
    return withCloud(cloud.toBuilder().tags(tags).build());
  }

  /** The same with another lease. */
  public SandboxSpec withLease(Duration newLease) {
    return new SandboxSpec(
        timeout, newLease, grace, sessionMemoryMib, diskMib, outputBytes, environment, cloud);
  }

  /** The same with another grace. */
  public SandboxSpec withGrace(Duration newGrace) {
    return new SandboxSpec(
        timeout, lease, newGrace, sessionMemoryMib, diskMib, outputBytes, environment, cloud);
  }

  /** The same with another memory limit, in MiB. */
  public SandboxSpec withSessionMemoryMib(int mib) {
    return new SandboxSpec(timeout, lease, grace, mib, diskMib, outputBytes, environment, cloud);
  }

  /** The same with another disk limit, in MiB. */
  public SandboxSpec withDiskMib(int mib) {
    return new SandboxSpec(
        timeout, lease, grace, sessionMemoryMib, mib, outputBytes, environment, cloud);
  }

  private static void requireVariable(String name, String value) {
    require(
        VARIABLE.matcher(name).matches(),
        "environment variables are named with letters, digits and _, but one was %s",
        name);
    require(
        !name.equals("RLM_AGENT_CONFIG") && !name.startsWith("MODAL_"),
        "environment variable %s is not for the code in a sandbox",
        name);
    require(value.indexOf('\0') < 0, "environment variable %s holds a NUL", name);
  }

  private static void require(boolean holds, String format, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(String.format(format, value));
    }
  }
}
