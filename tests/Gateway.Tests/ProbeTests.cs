namespace Gateway.Tests;
public sealed class ProbeTests { [Fact] public void Probe_Runs_Passes() => Assert.Equal(2, 1 + 1); }
