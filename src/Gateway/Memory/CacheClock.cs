using Microsoft.Extensions.Internal;

namespace Gateway.Memory;

/// <summary>The clock, as a cache wants it.</summary>
internal sealed class CacheClock(TimeProvider time) : ISystemClock
{
    public DateTimeOffset UtcNow => time.GetUtcNow();
}
