package dev.rlmbeam.sandbox.testing.emulator;

import dev.rlmbeam.sandbox.modal.proto.NetworkAccess.NetworkAccessType;
import dev.rlmbeam.sandbox.modal.proto.PortSpec;
import dev.rlmbeam.sandbox.modal.proto.Resources;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What Modal would refuse in the definition of a sandbox. */
final class SandboxChecks {
  /** Of all arguments together. */
  private static final int MAX_ARGUMENT_CHARS = 131_072;

  private static final int MAX_TIMEOUT_SECS = 24 * 60 * 60;

  private SandboxChecks() {}

  /**
   * Refuses what cannot be.
   *
   * @param newer whether it is for the newer backend
   */
  static void check(Sandbox definition, boolean newer, List<String> regions) {
    if (definition.getImageId().isEmpty()) {
      throw Refusals.invalid("a sandbox needs an image");
    }
    int size = definition.getEntrypointArgsList().stream().mapToInt(String::length).sum();
    if (size > MAX_ARGUMENT_CHARS) {
      throw Refusals.invalid(
          "the arguments have %d characters; at most %d", size, MAX_ARGUMENT_CHARS);
    }
    if (definition.getTimeoutSecs() > MAX_TIMEOUT_SECS) {
      throw Refusals.invalid(
          "timeout_secs is %d; at most %d", definition.getTimeoutSecs(), MAX_TIMEOUT_SECS);
    }
    if (definition.hasIdleTimeoutSecs() && definition.getIdleTimeoutSecs() == 0) {
      throw Refusals.invalid("idle_timeout_secs must be above 0");
    }
    if (definition.hasWorkdir() && !definition.getWorkdir().startsWith("/")) {
      throw Refusals.invalid("workdir must be absolute: %s", definition.getWorkdir());
    }
    if (definition.hasName()) {
      EmulatedApps.checkName("sandbox", definition.getName());
    }
    checkResources(definition.getResources(), newer);
    for (String region : definition.getSchedulerPlacement().getRegionsList()) {
      if (!regions.contains(region)) {
        throw Refusals.invalid("region '%s' is unknown", region);
      }
    }
    checkNetwork(definition);
  }

  private static void checkResources(Resources resources, boolean newer) {
    if (newer && resources.getGpuConfig().getCount() > 0) {
      throw Refusals.invalid("GPUs are not supported by this backend");
    }
    if (resources.getMilliCpuMax() > 0 && resources.getMilliCpuMax() < resources.getMilliCpu()) {
      throw Refusals.invalid("milli_cpu_max is below milli_cpu");
    }
    if (resources.getMemoryMbMax() > 0 && resources.getMemoryMbMax() < resources.getMemoryMb()) {
      throw Refusals.invalid("memory_mb_max is below memory_mb");
    }
  }

  private static void checkNetwork(Sandbox definition) {
    Set<Integer> ports = new HashSet<>();
    for (PortSpec port : definition.getOpenPorts().getPortsList()) {
      if (port.getPort() < 1 || port.getPort() > 65_535 || !ports.add(port.getPort())) {
        throw Refusals.invalid("ports must be different ones from 1 to 65535: %d", port.getPort());
      }
    }
    NetworkAccessType access = definition.getNetworkAccess().getNetworkAccessType();
    boolean blocked = access == NetworkAccessType.BLOCKED || definition.getBlockNetwork();
    if (blocked && !ports.isEmpty()) {
      throw Refusals.invalid("a sandbox whose network is blocked has no open ports");
    }
    if (blocked && definition.getInboundCidrAllowlistCount() > 0) {
      throw Refusals.invalid("a sandbox whose network is blocked has no inbound allowlist");
    }
    Cidrs unused = new Cidrs(definition.getNetworkAccess().getAllowedCidrsList());
  }
}
