using System.Text.Json;
using Gateway.EndUsers;

namespace Gateway.Memory;

/// <summary>Where what was said in earlier calls is kept: in the table, or with a service. What is remembered and recalled goes through <see cref="CallerMemory"/>, which knows what a trust reaches.</summary>
/// <remarks>All of it throws <see cref="MemoryUnavailableException"/> where that is away, slow or refuses.</remarks>
internal interface IMemory
{
    /// <summary>What is known of an end user, whatever their trust. It returns at once, because a turn is waiting that counts the time from then on. A fact that came signed stands in place of one of the same name that did not.</summary>
    Task<Recollection> RecallAsync(EndUser user, CancellationToken cancellationToken);

    /// <summary>Remembers a call. A second time changes nothing.</summary>
    Task RememberAsync(EndUser user, CallNotes call, CancellationToken cancellationToken);

    /// <summary>Remembers one fact, in place of an older one of this name and trust.</summary>
    Task RememberAsync(EndUser user, string name, string value, CancellationToken cancellationToken);

    /// <summary>Deletes all that is known of an end user, whatever their trust. Deleting nobody is no error.</summary>
    Task DeleteAsync(EndUser user, CancellationToken cancellationToken);

    /// <summary>Writes all that is known of an end user, as one JSON value.</summary>
    Task ExportAsync(EndUser user, Utf8JsonWriter json, CancellationToken cancellationToken);
}
