package dev.rlmbeam.transforms;

import dev.rlmbeam.sandbox.Isolation;
import dev.rlmbeam.sandbox.SandboxSpec;
import dev.rlmbeam.transforms.model.ModelFactory;
import dev.rlmbeam.transforms.rlm.RlmSettings;

/** What a transform was told; it stands in the transform's package, which alone can see that. */
public record ConfiguredTransform(
    ModelFactory rootModel,
    ModelFactory subModel,
    SandboxesFactory sandboxes,
    SandboxSpec sandboxSpec,
    Isolation isolation,
    int sessionsPerSandbox,
    int maxSandboxes,
    RlmSettings settings,
    int maxInFlight,
    int subCallThreads,
    long runMaxModelCalls,
    int maxAttempts,
    double sandboxUsdPerSecond) {

  public static ConfiguredTransform of(RlmTransform transform) {
    RlmConfiguration config = transform.configuration();
    return new ConfiguredTransform(
        config.rootModel(),
        config.subModel(),
        config.sandboxes(),
        config.sandboxSpec(),
        config.isolation(),
        config.sessionsPerSandbox(),
        config.maxSandboxes(),
        config.settings(),
        config.maxInFlight(),
        config.subCallThreads(),
        config.runMaxModelCalls(),
        config.maxAttempts(),
        config.sandboxUsdPerSecond());
  }
}
