using System.Text.Json;
using Gateway.Storage;

namespace Gateway.Privacy;

/// <summary>What a deletion has done, and what it could not do.</summary>
internal sealed class DeletionReport
{
    private readonly Lock _lock = new();
    private readonly SortedSet<string> _remaining = new(StringComparer.Ordinal);
    private PurgedBlobs _blobs;
    private int _conversations;

    /// <summary>The memories that have nothing of them any more.</summary>
    public int Memories { get; set; }

    /// <summary>The conversations that were at ElevenLabs.</summary>
    public int AtElevenLabs { get; set; }

    /// <summary>The calls that were in the archive.</summary>
    public int Conversations => _conversations;

    public int Blobs => _blobs.Deleted;

    /// <summary>Whether nothing is left to do.</summary>
    public bool IsComplete => _remaining.Count == 0;

    /// <summary>What is left to do: <c>calls</c>, <c>memory</c>, <c>zep</c>, <c>mem0</c>, <c>elevenlabs</c>.</summary>
    public IEnumerable<string> Remaining => _remaining;

    /// <summary>Counts a call that is gone.</summary>
    public void Add(PurgedBlobs blobs)
    {
        lock (_lock)
        {
            _conversations++;
            _blobs += blobs;
        }
    }

    public void Leave(string what)
    {
        lock (_lock) _remaining.Add(what);
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("status"u8, IsComplete ? "deleted"u8 : "incomplete"u8);
        json.WriteStartObject("deleted"u8);
        json.WriteNumber("conversations"u8, _conversations);
        json.WriteNumber("blobs"u8, _blobs.Deleted);
        json.WriteNumber("memories"u8, Memories);
        json.WriteNumber("elevenlabs_conversations"u8, AtElevenLabs);
        json.WriteEndObject();
        json.WriteStartArray("remaining"u8);
        foreach (var what in _remaining) json.WriteStringValue(what);
        json.WriteEndArray();
        if (_blobs.KeptUntil is { } until)
        {
            json.WriteStartObject("kept_by_account"u8);
            json.WriteNumber("copies"u8, _blobs.Kept);
            json.WriteString("until"u8, until);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
