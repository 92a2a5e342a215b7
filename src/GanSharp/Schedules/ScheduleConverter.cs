using System.ComponentModel;
using System.Globalization;

namespace GanSharp.Schedules;

/// <summary>Reads a plain number as a constant schedule, so that options bind from a configuration.</summary>
internal sealed class ScheduleConverter : TypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(ITypeDescriptorContext? context, Type sourceType) => sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

    /// <inheritdoc/>
    public override object? ConvertFrom(ITypeDescriptorContext? context, CultureInfo? culture, object value) => value is not string text ? base.ConvertFrom(context, culture, value)
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Schedule.Constant(number)
        : throw new FormatException($"A schedule in a configuration must be a number, for a constant, but is '{text}'. Set schedules that change in code.");
}
