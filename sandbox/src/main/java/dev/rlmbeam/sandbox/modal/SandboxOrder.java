package dev.rlmbeam.sandbox.modal;

import dev.rlmbeam.sandbox.AgentProgram;
import dev.rlmbeam.sandbox.CloudSpec;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.sandbox.SandboxToken;
import dev.rlmbeam.sandbox.modal.proto.GPUConfig;
import dev.rlmbeam.sandbox.modal.proto.NetworkAccess;
import dev.rlmbeam.sandbox.modal.proto.PortSpec;
import dev.rlmbeam.sandbox.modal.proto.PortSpecs;
import dev.rlmbeam.sandbox.modal.proto.Resources;
import dev.rlmbeam.sandbox.modal.proto.Sandbox;
import dev.rlmbeam.sandbox.modal.proto.SandboxTag;
import dev.rlmbeam.sandbox.modal.proto.SchedulerPlacement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A {@link SandboxSpec} in Modal's words. */
final class SandboxOrder {
  /** The agent's. Each sandbox has a network of its own. */
  static final int PORT = 8080;

  private static final String WORK_DIR = "/tmp/rlm";
  private static final String CONTEXTS_DIR = "/tmp/rlm-contexts";

  private SandboxOrder() {}

  /** Everything but what only Modal knows the ids of. */
  static Sandbox.Builder definition(AgentProgram agent, SandboxSpec spec) {
    CloudSpec cloud = spec.cloud();
    Sandbox.Builder definition =
        Sandbox.newBuilder()
            .addAllEntrypointArgs(agent.command("python3"))
            .setResources(resources(cloud))
            .setTimeoutSecs((int) Math.max(1, spec.timeout().toSeconds()))
            .setOpenPorts(PortSpecs.newBuilder().addPorts(PortSpec.newBuilder().setPort(PORT)))
            .setNetworkAccess(network(cloud))
            .addAllInboundCidrAllowlist(cloud.inboundCidrs());
    if (!cloud.workdir().isEmpty()) {
      definition.setWorkdir(cloud.workdir());
    }
    if (!cloud.regions().isEmpty()) {
      definition.setSchedulerPlacement(
          SchedulerPlacement.newBuilder().addAllRegions(cloud.regions()));
    }
    if (!cloud.idleTimeout().isZero()) {
      definition.setIdleTimeoutSecs((int) cloud.idleTimeout().toSeconds());
    }
    return definition;
  }

  /** What the agent and the code in the sandbox find in their environment. */
  static Map<String, String> environment(SandboxSpec spec, SandboxToken token) {
    Map<String, String> environment = new HashMap<>(spec.environment());
    environment.put(
        "RLM_AGENT_CONFIG",
        AgentProgram.config(spec, token, "tcp:0.0.0.0:" + PORT, WORK_DIR, CONTEXTS_DIR, false));
    return environment;
  }

  static List<SandboxTag> tags(Map<String, String> tags) {
    return new TreeMap<>(tags)
        .entrySet().stream()
            .map(
                tag ->
                    SandboxTag.newBuilder()
                        .setTagName(tag.getKey())
                        .setTagValue(tag.getValue())
                        .build())
            .toList();
  }

  private static Resources resources(CloudSpec cloud) {
    // The GPU stands there even if there is none, as in Modal's SDKs.
    GPUConfig.Builder gpu = GPUConfig.newBuilder();
    cloud.gpuTypeAndCount().ifPresent(one -> gpu.setGpuType(one.getKey()).setCount(one.getValue()));
    return Resources.newBuilder()
        .setMilliCpu((int) Math.round(cloud.cpu() * 1000))
        .setMilliCpuMax((int) Math.round(cloud.cpuLimit() * 1000))
        .setMemoryMb(cloud.memoryMib())
        .setMemoryMbMax(cloud.memoryLimitMib())
        .setGpuConfig(gpu)
        .build();
  }

  /**
   * A list of what may be reached, and if it is empty that is nothing. Not the type that blocks the
   * whole network: with it there is no tunnel either.
   */
  private static NetworkAccess network(CloudSpec cloud) {
    return NetworkAccess.newBuilder()
        .setNetworkAccessType(NetworkAccess.NetworkAccessType.ALLOWLIST)
        .addAllAllowedCidrs(cloud.allowedCidrs())
        .addAllAllowedDomains(cloud.allowedDomains())
        .build();
  }
}
